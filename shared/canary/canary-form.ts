import type { FormDefinition } from '../form/definition.ts';
import { canaryForm } from '../ids.ts';

/** The version of what is below: another one is put in the place of the draft that is there. */
export const canaryVersion = '1';

/** The form that the canary fills in. It asks nothing of anyone: its one answer is drawn by lot. */
export const canaryDefinition: FormDefinition = {
  survey: [
    {
      type: 'text',
      name: 'said',
      'label::Français (fr)': 'Ce que le canari a dit',
      'label::English (en)': 'What the canary said',
      required: true,
    },
  ],
  choices: [],
  settings: {
    form_title: 'Canari',
    form_id: canaryForm,
    version: canaryVersion,
    default_language: 'Français (fr)',
    audience: 'coordinator',
  },
};
