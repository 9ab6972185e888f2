// Builds the browser's files into web/static/built, with hashed names and a manifest.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import * as sass from 'sass';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'web/static/built');

const scripts = { 'site.js': 'web/assets/site/index.js', 'studio.js': 'web/assets/studio/index.js' };
const styles = { 'site.css': 'web/assets/site/index.scss' };
const plainStyles = { 'studio.css': 'web/assets/studio/index.css' };

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const manifest = {};

function write(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10);
  const [stem, ending] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.'))];
  const hashed = `${stem}-${hash}${ending}`;
  writeFileSync(join(out, hashed), content);
  manifest[name] = hashed;
}

async function bundle(entry, options) {
  const result = await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    minify: true,
    write: false,
    outdir: out,
    legalComments: 'inline',
    target: 'es2020',
    loader: { '.woff': 'dataurl', '.woff2': 'dataurl', '.svg': 'dataurl', '.ttf': 'dataurl', '.eot': 'dataurl' },
    ...options,
  });
  return result.outputFiles[0].contents;
}

for (const [name, entry] of Object.entries(scripts)) write(name, await bundle(entry, { format: 'esm' }));
for (const [name, entry] of Object.entries(plainStyles)) write(name, await bundle(entry, {}));
for (const [name, entry] of Object.entries(styles)) {
  const compiled = sass.compile(join(root, entry), {
    loadPaths: [join(root, 'node_modules')],
    style: 'compressed',
    quietDeps: true,
  });
  write(name, compiled.css);
}

for (const licence of ['govuk-frontend/LICENSE.txt', 'bpmn-js/LICENSE']) {
  const text = readFileSync(join(root, 'node_modules', licence), 'utf8');
  writeFileSync(join(out, `${licence.split('/')[0]}-${basename(licence, '.txt')}.txt`), text);
}
writeFileSync(join(out, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n');
console.error(`built ${Object.keys(manifest).length} files`);
