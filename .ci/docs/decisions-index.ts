import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The subjects of decisions, in the order of the index. */
const topics = [
  'records',
  'access',
  'forms',
  'submissions',
  'datasets',
  'formats',
  'disclosure',
  'erasure and backup',
  'operation',
  'code',
] as const;

const decision = z.object({
  number: z.coerce.number(),
  title: z.string(),
  date: z.iso.date(),
  status: z.string().regex(/^(accepted(, amended by \d+)?|superseded by \d+)$/),
  topic: z.enum(topics),
});

export type Decision = z.infer<typeof decision> & { readonly file: string };

const folder = 'docs/decisions';
const head =
  /^# (?<number>\d+)\. (?<title>.+)\n\n- Date: (?<date>.+)\n- Status: (?<status>.+)\n- Topic: (?<topic>.+)\n\n\*\*Decision\.\*\* /;

/** @throws Error that names the record whose first lines are not as CONTRIBUTING.md says. */
export function readDecisions(root: string): readonly Decision[] {
  const files = readdirSync(join(root, folder)).filter((file) => file !== 'README.md');
  return files.sort().map((file) => {
    const text = readFileSync(join(root, folder, file), 'utf8');
    const { success, data, error } = decision.safeParse(head.exec(text)?.groups);
    if (!success) throw new Error(`${folder}/${file}: ${z.prettifyError(error)}`);
    return { ...data, file };
  });
}

/** docs/decisions/README.md: every record under its topic, with its status and date. */
export function decisionsIndex(root: string): string {
  const decisions = readDecisions(root);
  const sections = topics.flatMap((topic) => {
    const lines = decisions
      .filter((one) => one.topic === topic)
      .map(
        ({ number, title, file, status, date }) =>
          `- [${number}. ${title}](${file}) (${date}, ${status})`,
      );
    const heading = `## ${topic.slice(0, 1).toUpperCase()}${topic.slice(1)}`;
    return lines.length === 0 ? [] : [heading, lines.join('\n')];
  });
  const intro =
    'What a newcomer would question, by topic. `npm run docs` writes this page from the records.';
  return ['# Decisions', intro, ...sections].join('\n\n') + '\n';
}
