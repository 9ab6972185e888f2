// Answers by bpmn.io's own FEEL: one JSON object a line in ({text, values, cell}), one a line out.
import { createInterface } from 'node:readline';
import { evaluate, unaryTest } from 'feelin';

const inward = (value) =>
  value !== null && typeof value === 'object' && 'date' in value
    ? evaluate(`date("${value.date}")`, {}).value
    : value;

for await (const line of createInterface({ input: process.stdin })) {
  const { text, values, cell } = JSON.parse(line);
  const context = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, inward(value)])
  );
  let answer;
  try {
    const { value } = (cell ? unaryTest : evaluate)(text, context);
    answer = value === true || value === false ? value : value === null ? null : 'other';
  } catch {
    answer = 'refused';
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
