// Forms: one submission per click, a word before leaving unsaved work, files by drag and drop, confirmation by dialog.

function ask(button) {
  const dialog = document.createElement("dialog");
  dialog.className = "tu-dialog";
  dialog.setAttribute("aria-labelledby", "tu-ask");
  const words = document.createElement("h2");
  words.id = "tu-ask";
  words.textContent = button.dataset.confirm;
  const actions = document.createElement("p");
  actions.className = "tu-dialog-actions";
  const yes = document.createElement("button");
  yes.className = "btn btn-primary";
  yes.textContent = "确认办理";
  const no = document.createElement("button");
  no.className = "btn";
  no.textContent = "取消";
  actions.append(yes, no);
  const body = document.createElement("div");
  body.className = "tu-dialog-body";
  dialog.append(words, body, actions);
  document.body.append(dialog);
  yes.addEventListener("click", () => {
    button.dataset.confirmed = "";
    dialog.close();
    button.form.requestSubmit(button);
  });
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

function submitted(event) {
  const form = event.target;
  const button = event.submitter;
  if (button?.dataset.confirm && !("confirmed" in button.dataset)) {
    event.preventDefault();
    ask(button);
    return;
  }
  if (!("once" in form.dataset)) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  if (button) button.setAttribute("aria-busy", "true");
}

function forget() {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    form.querySelectorAll("[data-confirmed]").forEach((button) => delete button.dataset.confirmed);
  });
}

function size(bytes) {
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function named(input) {
  const place = input.closest("[data-drop]")?.querySelector(".tu-drop-name");
  if (place) place.textContent = [...input.files].map((file) => `${file.name}（${size(file.size)}）`).join("、");
}

function dropped(event) {
  const zone = event.target.closest?.("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.classList.toggle("tu-drop-over", event.type === "dragover");
  const input = zone.querySelector("input[type=file]");
  if (event.type !== "drop" || !input || !event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

export function listen() {
  document.addEventListener("submit", submitted);
  window.addEventListener("pageshow", forget);
  ["dragover", "dragleave", "drop"].forEach((kind) => document.addEventListener(kind, dropped));
  document.addEventListener("change", (event) => {
    if (event.target.type === "file") named(event.target);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-unsaved]");
    if (form) form.dataset.changed = "1";
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-changed]:not([data-sent])")) event.preventDefault();
  });
}
