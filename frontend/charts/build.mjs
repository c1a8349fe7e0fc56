// Builds app/web/static/charts/{charts.js,THIRD_PARTY.txt}. Two runs give the same bytes.
// npm ci && npm run build
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const HERE = new URL(".", import.meta.url);
const OUT = new URL("../../app/web/static/charts/", HERE);
const TARGET = ["chrome109", "firefox115", "safari16"];

async function bundle(entry, name) {
  const result = await build({
    entryPoints: [entry], absWorkingDir: HERE.pathname, outfile: name,
    bundle: true, minify: true, format: "iife", target: TARGET, charset: "utf8",
    legalComments: "none", metafile: true, write: false,
  });
  writeFileSync(new URL(name, OUT), result.outputFiles[0].text);
  return Object.keys(result.metafile.inputs);
}

function readPackageFile(name, file) {
  try {
    return readFileSync(new URL(`./node_modules/${name}/${file}`, HERE), "utf8").trim();
  } catch {
    return "";
  }
}

function writeNotices(inputs) {
  const names = inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path)?.[1]);
  const parts = [...new Set(names.filter(Boolean))].sort().map((name) => {
    const about = JSON.parse(readPackageFile(name, "package.json"));
    const files = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "license", "license.md"];
    const licence = files.map((file) => readPackageFile(name, file)).find(Boolean) ?? "";
    // Apache-2.0 wants the NOTICE passed on; ECharts keeps the licence of the d3 parts in it in a file of its own.
    const notices = ["NOTICE", "licenses/LICENSE-d3"].map((file) => readPackageFile(name, file)).filter(Boolean);
    return [`${about.name} ${about.version} (${about.license})`, licence, ...notices].join("\n\n").trim();
  });
  writeFileSync(new URL("THIRD_PARTY.txt", OUT), `${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
}

mkdirSync(OUT, { recursive: true });
writeNotices(await bundle("src/charts.js", "charts.js"));
