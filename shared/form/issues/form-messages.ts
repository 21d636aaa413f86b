import { listMessages } from './list-messages.ts';
import type { MessageRow } from './message-row.ts';
import { referenceMessages } from './reference-messages.ts';
import { settingMessages } from './setting-messages.ts';
import { sheetMessages } from './sheet-messages.ts';
import { surveyMessages } from './survey-messages.ts';

/** Every fault and warning that a form can have. Codes are permanent. */
export const formMessages = {
  ...sheetMessages,
  ...surveyMessages,
  ...listMessages,
  ...referenceMessages,
  ...settingMessages,
} as const satisfies Readonly<Record<string, MessageRow>>;

export type FormMessageCode = keyof typeof formMessages;
