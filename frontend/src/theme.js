// Runs before the first paint: the chosen theme, else the system's. Storage may be forbidden; then the system decides.
const dark = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  try {
    return localStorage.getItem("tulou-theme");
  } catch {
    return null;
  }
}

function apply() {
  document.documentElement.dataset.bsTheme = chosen() || (dark.matches ? "dark" : "light");
}

apply();
dark.addEventListener("change", apply);
