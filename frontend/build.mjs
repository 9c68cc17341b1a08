// Builds the theme, the islands and the icon sprite into dist/, which Django serves as static files.
// Names stay stable here; the hash in a file's name is added by `collectstatic`.
import { mkdir, readFile, rm, writeFile, copyFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "dist", "tulou");

async function sprite() {
  const names = (await readFile(join(here, "icons.txt"), "utf8")).split("\n").filter(Boolean);
  const symbols = await Promise.all(
    names.map(async (name) => {
      const svg = await readFile(join(here, "node_modules/@tabler/icons/icons/outline", `${name}.svg`), "utf8");
      const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s+/g, " ");
      return `<symbol id="${name}" viewBox="0 0 24 24">${body.trim()}</symbol>`;
    }),
  );
  await writeFile(join(target, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const shared = { bundle: true, minify: true, legalComments: "linked", target: ["es2020"], logLevel: "warning" };
await build({ ...shared, entryPoints: [join(here, "src/tulou.css")], outfile: join(target, "tulou.css") });
await build({ ...shared, entryPoints: [join(here, "src/theme.js")], outfile: join(target, "theme.js"), format: "iife" });
await build({ ...shared, entryPoints: [join(here, "src/tulou.js")], outfile: join(target, "tulou.js"), format: "iife" });
await build({ ...shared, entryPoints: [join(here, "src/chart.js")], outfile: join(target, "chart.js"), format: "iife" });
await copyFile(join(here, "src/mark.svg"), join(target, "mark.svg"));
await sprite();
console.log(`assets built in ${target}`);
