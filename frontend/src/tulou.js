// What every page may need; each behaviour finds its elements by a data attribute and leaves reading to plain HTML.
import "htmx.org";
import { listen as listenToForms } from "./forms.js";
import { listen as listenToGateway } from "./gateway.js";
import { listen as listenToRegisters } from "./registers.js";
import { listen as listenToRows } from "./rows.js";

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

export function say(text) {
  const live = document.getElementById("tu-live");
  if (live) live.textContent = text;
}

function chooseTheme() {
  const root = document.documentElement;
  const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
  root.dataset.bsTheme = next;
  try {
    localStorage.setItem("tulou-theme", next);
  } catch {
    say("浏览器不允许保存，下次打开时仍跟随系统");
  }
  document.dispatchEvent(new CustomEvent("tulou:theme"));
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say("已复制");
    button.classList.add("tu-copied");
    await wait(1500);
    button.classList.remove("tu-copied");
  } catch {
    say("浏览器不允许复制，请手动选择后复制");
  }
}

function closeMenus(except) {
  document.querySelectorAll("details.tu-drop[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
}

function reveal(root) {
  root.querySelectorAll("[data-copy][hidden], [data-theme-toggle][hidden]").forEach((one) => one.removeAttribute("hidden"));
  root.querySelector("[data-focus]")?.focus();
  if (root.querySelector("[data-chart]")) loadCharts();
}

function loadCharts() {
  if (window.tulouCharts) return window.tulouCharts.draw();
  if (document.querySelector("script[data-charts]")) return undefined;
  const script = document.createElement("script");
  script.src = document.querySelector('meta[name="tulou-chart"]').content;
  script.dataset.charts = "";
  document.head.append(script);
  return undefined;
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-theme-toggle], [data-copy], [data-dialog-open], [data-dialog-close]");
  closeMenus(event.target.closest("details.tu-drop"));
  if (!target) return;
  if ("themeToggle" in target.dataset) chooseTheme();
  else if ("copy" in target.dataset) copy(target);
  else if ("dialogOpen" in target.dataset) document.getElementById(target.dataset.dialogOpen)?.showModal();
  else target.closest("dialog")?.close();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.tu-drop[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (location.hash === "#tu-side") location.hash = "#main";
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  reveal(event.detail.elt.parentElement || document);
  if (event.detail.target.id === "register") say("列表已更新");
});
document.body.addEventListener("htmx:sendError", () => say("网络中断，内容没有更新，请稍后重试"));
document.body.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) location.reload();
  else say("服务器没有受理这次操作，请刷新页面后重试");
});
listenToForms();
listenToGateway();
listenToRegisters();
listenToRows();
reveal(document);
