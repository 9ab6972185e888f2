// Builds what the browser is sent: web/static/built, hashed names, manifest.json, licence texts.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import * as sass from 'sass';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'web/static/built');
const fresh = `${built}.new`;

const ENTRIES = {
  'site.js': 'web/assets/site/index.js',
  'site.css': 'web/assets/site/index.scss',
  'diagram.css': 'web/assets/site/_diagram.scss',
  'studio.js': 'web/assets/studio/index.js',
  'studio.css': 'web/assets/studio/index.css',
  'form-editor.js': 'web/assets/form-editor/index.js',
  'form-editor.css': 'web/assets/form-editor/index.css',
  'decision-editor.js': 'web/assets/decision-editor/index.js',
  'decision-editor.css': 'web/assets/decision-editor/index.css',
};
// form-js is made for this release of preact; with later ones a field that is dragged vanishes.
const INSTEAD = { 'form-editor.js': { preact: 'preact-for-form-js' } };
const IN_THE_FILE = Object.fromEntries(
  ['.woff', '.woff2', '.svg', '.ttf', '.eot'].map((ending) => [ending, 'dataurl']),
);

const manifest = {};
const packages = new Set();

function write(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10);
  const ending = extname(name);
  manifest[name] = `${name.slice(0, -ending.length)}-${hash}${ending}`;
  writeFileSync(join(fresh, manifest[name]), content);
  writeFileSync(join(fresh, `${manifest[name]}.gz`), gzipSync(content, { level: 9 }));
  writeFileSync(join(fresh, `${manifest[name]}.br`), brotliCompressSync(content));
}

function remember(path) {
  const [, name] = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/) ?? [];
  if (name) packages.add(name);
}

async function bundle(name, entry) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    outdir: fresh,
    format: 'esm',
    target: 'es2020',
    legalComments: 'inline',
    loader: IN_THE_FILE,
    alias: INSTEAD[name] || {},
    metafile: true,
  });
  Object.keys(result.metafile.inputs).forEach(remember);
  return Buffer.from(result.outputFiles[0].contents);
}

function compile(entry) {
  const result = sass.compile(join(root, entry), {
    loadPaths: [join(root, 'node_modules')],
    style: 'compressed',
    quietDeps: true,
  });
  result.loadedUrls.forEach((url) => remember(fileURLToPath(url)));
  return Buffer.from(result.css);
}

// A package that is published without its licence text has it in web/assets/licences.
function licenceOf(name) {
  const kept = join(root, 'web/assets/licences', `${name.replace('/', '-')}.txt`);
  if (existsSync(kept)) return readFileSync(kept, 'utf8');
  const folder = join(root, 'node_modules', name);
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`Put the licence text of ${name} into ${kept}`);
  return readFileSync(join(folder, file), 'utf8');
}

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
for (const [name, entry] of Object.entries(ENTRIES)) {
  if (!existsSync(join(root, entry))) continue;
  write(name, entry.endsWith('.scss') ? compile(entry) : await bundle(name, entry));
}
for (const name of packages) {
  writeFileSync(join(fresh, `${name.replace('/', '-')}-LICENSE.txt`), licenceOf(name));
}
writeFileSync(join(fresh, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
rmSync(built, { recursive: true, force: true });
renameSync(fresh, built);
console.error(`built ${Object.values(manifest).join(', ')}`);
