// Unpacks the Chromium of npm's @sparticuz/chromium into TMPDIR; prints where it lies.
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import chromium, { inflate } from '@sparticuz/chromium';

const executable = await chromium.executablePath();
await inflate(fileURLToPath(import.meta.resolve('@sparticuz/chromium')).replace(/build\/.*/, 'bin/al2023.tar.br'));
console.log(JSON.stringify({
  executable,
  libraries: join(tmpdir(), 'al2023', 'lib'),
  fonts: join(tmpdir(), 'fonts'),
}));
