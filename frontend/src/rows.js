// Rows that can be added, removed and moved. Their order on the page is the order that the server reads, so a new row
// needs nothing but a key of its own; without scripts the rows that are there can still be edited.

let fresh = 0;

function renumber(list) {
  [...list.children].forEach((row, at) => {
    row.querySelector("[data-row-number]").textContent = at + 1;
    row.id = `item-${at + 1}`;
    row.querySelector("[data-row-up]").disabled = at === 0;
    row.querySelector("[data-row-down]").disabled = at === list.children.length - 1;
  });
}

function changed(list) {
  renumber(list);
  list.dispatchEvent(new CustomEvent("tulou:rows", { bubbles: true }));
  list.dispatchEvent(new Event("input", { bubbles: true }));
}

function reveal(root) {
  root.querySelectorAll("[data-row-up], [data-row-down], [data-row-remove], [data-row-add]").forEach((button) => {
    button.hidden = false;
  });
}

function add(table) {
  fresh += 1;
  const list = table.querySelector("ol");
  const holder = document.createElement("ol");
  holder.innerHTML = table.querySelector("template").innerHTML.replaceAll("__key__", `n${fresh}`);
  const row = holder.firstElementChild;
  reveal(row);
  list.append(row);
  changed(list);
  row.querySelector("input").focus();
}

function clicked(event) {
  const button = event.target.closest("[data-row-add], [data-row-up], [data-row-down], [data-row-remove]");
  const table = button?.closest("[data-rows]");
  if (!table) return;
  if ("rowAdd" in button.dataset) {
    add(table);
    return;
  }
  const row = button.closest("[data-row]");
  const list = row.parentElement;
  if ("rowRemove" in button.dataset) {
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    (next?.querySelector("input") || table.querySelector("[data-row-add]")).focus();
  } else if ("rowUp" in button.dataset) row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  changed(list);
  if (row.isConnected) button.focus();
}

export function listen() {
  document.querySelectorAll("[data-rows]").forEach((table) => {
    reveal(table);
    renumber(table.querySelector("ol"));
  });
  document.addEventListener("click", clicked);
}
