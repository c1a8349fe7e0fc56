// Builds app/web/static/{site.css,site.js,icons.svg,THIRD_PARTY.txt}. Two runs give the same bytes.
// npm install && npm run build
import { readFileSync, writeFileSync } from "node:fs";
import { build, transform } from "esbuild";
import postcss from "postcss";
import { ICONS } from "./icons.mjs";
import { isUnused } from "./unused.mjs";

const OUT = new URL("../../app/web/static/", import.meta.url);
const MODULES = new URL("./node_modules/", import.meta.url);
const TARGET = ["chrome109", "firefox115", "safari16"];

const read = (name) => readFileSync(new URL(name, MODULES), "utf8");
const write = (name, text) => writeFileSync(new URL(name, OUT), text);

async function buildScript() {
  const result = await build({
    entryPoints: [new URL("./src/site.js", import.meta.url).pathname],
    absWorkingDir: new URL(".", import.meta.url).pathname,
    bundle: true, minify: true, format: "iife", target: TARGET, charset: "utf8",
    legalComments: "none", metafile: true, write: false,
  });
  write("site.js", result.outputFiles[0].text);
  return Object.keys(result.metafile.inputs);
}

function dropUnused(css) {
  const root = postcss.parse(css);
  root.walkComments((comment) => comment.remove());
  root.walkRules((rule) => {
    if (rule.parent.type === "atrule" && rule.parent.name.endsWith("keyframes")) return;
    rule.selectors = rule.selectors.filter((selector) => !isUnused(selector));
    if (rule.selector === "") rule.remove();
  });
  root.walkAtRules((rule) => { if (rule.nodes && rule.nodes.length === 0) rule.remove(); });
  const text = root.toString();
  root.walkAtRules(/keyframes$/, (rule) => { if (text.split(rule.params).length < 3) rule.remove(); });
  return root.toString();
}

async function buildStyle() {
  const tabler = dropUnused(read("@tabler/core/dist/css/tabler.css"));
  const own = readFileSync(new URL("./site.css", import.meta.url), "utf8");
  const options = { loader: "css", minify: true, target: TARGET, charset: "utf8", legalComments: "none" };
  write("site.css", (await transform(`${tabler}\n${own}`, options)).code);
}

function buildIcons() {
  const symbols = Object.entries(ICONS).sort().map(([name, file]) => {
    const inner = read(`@tabler/icons/icons/${file}.svg`)
      .replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "")
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
  });
  write("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
}

// The package brings its copyright only at the head of its style sheet.
const BANNER = { "@tabler/core": /\/\*!([\s\S]*?)\*\//.exec(read("@tabler/core/dist/css/tabler.css"))[1].replace(/^ \* ?/gm, "").trim() };

function writeNotices(inputs) {
  const bundled = inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean);
  const names = [...new Set([...bundled, "@tabler/core", "@tabler/icons"])].sort();
  const parts = names.map((name) => {
    const about = JSON.parse(read(`${name}/package.json`));
    const licence = ["LICENSE", "LICENSE.md", "LICENSE.txt"].map((file) => {
      try { return read(`${name}/${file}`).trim(); } catch { return ""; }
    }).find(Boolean) ?? BANNER[name] ?? "";
    return `${about.name} ${about.version} (${about.license})\n\n${licence}`.trim();
  });
  write("THIRD_PARTY.txt", `${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
}

writeNotices(await buildScript());
await buildStyle();
buildIcons();
