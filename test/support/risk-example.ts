import { DatasetWorld } from './dataset-world.ts';

const marked = { visibility: 'public', quasi_identifier: 'yes' };

/** A form about nobody: ages, places and dates that could be anyone's, and a sensitive question. */
const form = {
  survey: [
    { type: 'integer', name: 'age', label: 'Âge', importance: '5', ...marked },
    { type: 'select_one departements', name: 'departement', label: 'Département', ...marked },
    { type: 'date', name: 'since', label: 'Depuis', importance: '1', ...marked },
    {
      type: 'select_one needs',
      name: 'need',
      label: 'Besoin',
      visibility: 'public',
      sensitive: 'yes',
    },
  ],
  choices: [
    ...['R1', 'R2', 'R3'].map((name) => ({ list_name: 'regions', name, label: name })),
    ...['R1-1', 'R1-2', 'R2-1', 'R2-2', 'R3-1'].map((name) => ({
      list_name: 'departements',
      name,
      label: name,
      regions: name.slice(0, 2),
    })),
    ...['A', 'B', 'C'].map((name) => ({ list_name: 'needs', name, label: name })),
  ],
  settings: { form_title: 'Exemple', version: '1', k: 5, max_suppressed: 30 },
};
const departements = ['R1-1', 'R1-1', 'R1-2', 'R2-1', 'R2-1', 'R2-2', 'R3-1'] as const;
const needs = ['A', 'B', 'C'] as const;

/** The same 240 answers every time, compiled: the example of docs/privacy.md. */
export async function riskExample(): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  await world.publishForm('exemple', form);
  let seed = 7;
  // Lehmer's generator.
  const upTo = (most: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % most;
  };
  for (let n = 0; n < 240; n += 1) {
    const month = String(upTo(12) + 1).padStart(2, '0');
    await world.put('exemple', `instance-${n}`, {
      age: 18 + upTo(20) + upTo(30),
      departement: departements[upTo(departements.length)] ?? '',
      since: `${2022 + upTo(3)}-${month}-15`,
      need: needs[upTo(needs.length)] ?? '',
    });
  }
  await world.compile();
  return world;
}
