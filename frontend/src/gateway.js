// Previews: the rows come from the gateway straight to this page; the hub only gave the signed plan.

function tell(place, text, tone) {
  const state = place.querySelector("[data-gateway-state]");
  state.textContent = text;
  state.hidden = !text;
  if (tone) state.classList.add(`tu-tone-${tone}`, "tu-field-error");
}

async function refusal(answer) {
  try {
    const told = await answer.json();
    return [told.message, told.remedy].filter(Boolean).join("。");
  } catch {
    return "数据网关没有受理，请稍后重试";
  }
}

function show(place, html) {
  const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
  if (!table) return tell(place, "数据网关的应答无法识别，请刷新页面后重试", "danger");
  table.className = "tu-table";
  const rows = place.querySelector("[data-gateway-rows]");
  rows.replaceChildren(document.importNode(table, true));
  rows.hidden = false;
  return tell(place, `已显示 ${table.tBodies[0]?.rows.length ?? 0} 行`);
}

async function load(place) {
  try {
    const headers = { Authorization: `Bearer ${place.dataset.plan}`, Accept: "text/html" };
    const answer = await fetch(place.dataset.gateway, { headers, credentials: "omit", cache: "no-store" });
    if (answer.ok) show(place, await answer.text());
    else tell(place, await refusal(answer), "danger");
  } catch {
    tell(place, "连接不到数据网关，请检查网络后刷新页面", "danger");
  }
}

export function listen() {
  document.querySelectorAll("[data-gateway]").forEach(load);
}
