/*
 * What `tools/assets.py` cannot do in Python: keep the rules of a sheet that the pages use, make a
 * font no larger than what is shown, and compress. It does what the plan says, a JSON file:
 *   sheets    [{source, target, names, layer}]: the rules for these class names, in a cascade layer
 *             (a name that ends in a hyphen stands for every name that begins so);
 *   fonts     [{source, target, ranges, axes, nameless}]: these characters, with the axes pinned or
 *             limited; nameless: without the name that its makers gave it;
 *   compress  [{source, target}]: target + ".br" and target + ".gz", where they are smaller.
 */
import { createRequire } from "node:module";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const plan = JSON.parse(await readFile(process.argv[2], "utf8"));
const require = createRequire(join(plan.root, "package.json"));

const write = async (path, content) => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
};

const shrinkSheet = async ({ source, target, names, layer }) => {
  const { PurgeCSS } = require("purgecss");
  const css = await readFile(source, "utf8");
  const begun = names.filter((one) => one.endsWith("-"));
  // Classes decide: elements and attributes may stand in any page.
  const [shrunk] = await new PurgeCSS().purge({
    content: [{ raw: names.join(" "), extension: "html" }],
    css: [{ raw: css }],
    safelist: [/^[a-z][a-z0-9]*$/, ...begun.map((one) => new RegExp(`^${one}`))],
    dynamicAttributes: [...new Set([...css.matchAll(/\[([\w-]+)/g)].map(([, name]) => name))],
    defaultExtractor: (content) => content.split(" "),
  });
  await write(target, `@layer ${layer} {\n${shrunk.css}\n}\n`);
};

const characters = (ranges) => {
  const points = ranges.split(",").flatMap((range) => {
    const [first, last = first] = range.trim().slice(2).split("-").map((one) => parseInt(one, 16));
    return Array.from({ length: last - first + 1 }, (_, place) => first + place);
  });
  return String.fromCodePoint(...points);
};

const shrinkFont = async ({ source, target, ranges, axes, nameless }) => {
  const font = await require("subset-font")(await readFile(source), characters(ranges), {
    targetFormat: "woff2",
    variationAxes: axes,
    dropTables: nameless ? ["name"] : [],
  });
  await write(target, font);
};

const compress = async ({ source, target }) => {
  const content = await readFile(source);
  const brotli = brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
  const gzip = gzipSync(content, { level: constants.Z_BEST_COMPRESSION });
  for (const [ending, made] of [["br", brotli], ["gz", gzip]]) {
    if (made.length < content.length) await write(`${target}.${ending}`, made);
  }
};

await Promise.all((plan.sheets ?? []).map(shrinkSheet));
await Promise.all((plan.fonts ?? []).map(shrinkFont));
await Promise.all((plan.compress ?? []).map(compress));
