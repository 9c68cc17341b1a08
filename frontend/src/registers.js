// Registers: the count of selected rows, all rows of a page at once, buttons that wait for a selection.

function count(form) {
  const boxes = [...form.querySelectorAll('input[name="selection"]')];
  const chosen = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-select-all]");
  form.querySelector("[data-selected-count]").textContent = chosen;
  form.querySelectorAll('button[name="bulk"]').forEach((button) => {
    button.disabled = chosen === 0;
  });
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
}

function countAll() {
  document.querySelectorAll(".tu-bulk-form").forEach(count);
}

// An address names only what was asked for.
function leaveOutEmpty(event) {
  if (event.detail.verb !== "get") return;
  [...event.detail.formData.entries()].forEach(([name, value]) => {
    if (value === "") event.detail.formData.delete(name);
  });
}

// Columns are applied together by their button, not one by one.
function keepColumnsOpen(event) {
  if (event.target.closest?.(".tu-columns")) event.stopPropagation();
}

export function listen() {
  document.addEventListener("change", keepColumnsOpen, true);
  document.body.addEventListener("htmx:configRequest", leaveOutEmpty);
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.(".tu-bulk-form");
    if (!form) return;
    if ("selectAll" in event.target.dataset) {
      form.querySelectorAll('input[name="selection"]').forEach((box) => {
        box.checked = event.target.checked;
      });
    }
    count(form);
  });
  document.body.addEventListener("htmx:afterSwap", countAll);
  window.addEventListener("pageshow", countAll);
  countAll();
}
