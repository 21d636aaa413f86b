import { describe, expect, it } from 'vitest';
import { compileForm } from '../../../../../shared/form/compile/compile-form.ts';
import type { Row } from '../../../../../shared/form/definition.ts';
import type { FormModel, Question } from '../../../../../shared/form/model.ts';
import {
  compileSource,
  list,
  modelOf,
  told,
  validated,
  type FormSource,
} from '../../../../support/form-source.ts';
import '../../../../support/engines.ts';

const q = (name: string, more: Row = {}): Row => ({ type: 'text', name, ...more });
const only = (row: Row, source: Partial<FormSource> = {}): Question => {
  const model = modelOf({ survey: [{ type: 'text', name: 'a', ...row }, q('b')], ...source });
  const [question] = model.questions;
  if (question === undefined) throw new Error('No question.');
  return question;
};
const codes = (source: FormSource): string[] => {
  const { errors, warnings } = compileSource(source);
  return [...errors, ...warnings].map(({ code }) => code);
};
const plain = (map: ReadonlyMap<string, unknown>): object => Object.fromEntries(map);

describe('a heading of the survey', () => {
  const text = "${b} != ''";
  it.each<[string, string, (question: Question) => unknown, unknown]>([
    ...['label', 'Label', 'caption', 'label::Français (fr)', 'label:fr', 'label::fr'].map(
      (heading): [string, string, (question: Question) => unknown, unknown] => [
        heading,
        'Nom',
        ({ label }) => label.get('fr'),
        'Nom',
      ],
    ),
    ['hint::Wolof (wo)', 'Tur', ({ hint }) => hint.get('wo'), 'Tur'],
    ['guidance_hint', 'Lire', ({ client }) => client.guidanceHint.get('fr'), 'Lire'],
    ['guidance hint::English (en)', 'Read', ({ client }) => client.guidanceHint.get('en'), 'Read'],
    ['relevance', text, ({ relevant }) => relevant?.source, text],
    ['bind::relevant', text, ({ relevant }) => relevant?.source, text],
    ['bind:relevant', text, ({ relevant }) => relevant?.source, text],
    ['bind::constraint', '. > 1', ({ constraint }) => constraint?.source, '. > 1'],
    ['constraining message', 'Non', ({ constraintMessage: m }) => m.get('fr'), 'Non'],
    ['bind::jr:constraintMsg', 'Non', ({ constraintMessage: m }) => m.get('fr'), 'Non'],
    ['bind::jr:constraintMsg::English (en)', 'No', ({ constraintMessage: m }) => m.get('en'), 'No'],
    ['bind::jr:requiredMsg', 'Si', ({ requiredMessage: m }) => m.get('fr'), 'Si'],
    ['required', 'TRUE', ({ required }) => required, true],
    ['bind::required', 'yes', ({ required }) => required, true],
    ['read_only', 'yes', (question) => question.readonly, true],
    ['read only', 'no', (question) => question.readonly, false],
    ['bind::readonly', 'true()', (question) => question.readonly, true],
    ['readonly', text, ({ readonlyWhen }) => readonlyWhen?.source, text],
    ['calculate', '1 + 1', ({ calculation }) => calculation?.source, '1 + 1'],
    ['bind::calculate', '1 + 1', ({ calculation }) => calculation?.source, '1 + 1'],
    ['control::appearance', 'multiline', ({ appearance }) => appearance, 'multiline'],
    ['body::appearance', 'multiline', ({ appearance }) => appearance, 'multiline'],
    ['autoplay', 'audio', ({ client }) => client.autoplay, 'audio'],
    ['intent', 'ex:org.app(x=${b})', ({ client }) => client.intent, 'ex:org.app(x=${b})'],
    ['bind::odk:length', '20', ({ client }) => plain(client.bind), { 'odk:length': '20' }],
    [
      'bind::jr:preload',
      'property',
      ({ client }) => plain(client.bind),
      { 'jr:preload': 'property' },
    ],
    [
      'body::accuracyThreshold',
      '10',
      ({ client }) => plain(client.body),
      { accuracyThreshold: '10' },
    ],
    ['control::rows', '5', ({ client }) => plain(client.body), { rows: '5' }],
    ['rows', '5', ({ client }) => plain(client.body), { rows: '5' }],
    ['instance::odk:tag', 't', ({ client }) => plain(client.instance), { 'odk:tag': 't' }],
    ['compact_tag', 't', ({ client }) => plain(client.instance), { 'odk:tag': 't' }],
    [
      'noAppErrorString',
      'Installez',
      ({ client }) => plain(client.bind),
      { 'jr:noAppErrorString': 'Installez' },
    ],
    ['media::image', 'a.png', ({ client }) => client.media.get('image')?.get('fr'), 'a.png'],
    ['image', 'a.png', ({ client }) => client.media.get('image')?.get('fr'), 'a.png'],
    ['media::image::fr', 'a.png', ({ client }) => client.media.get('image')?.get('fr'), 'a.png'],
    ['media:image:fr', 'a.png', ({ client }) => client.media.get('image')?.get('fr'), 'a.png'],
    ['big-image', 'a.png', ({ client }) => client.media.get('big-image')?.get('fr'), 'a.png'],
    [
      'Audio::English (en)',
      'jr://audio/a.mp3',
      ({ client }) => client.media.get('audio')?.get('en'),
      'a.mp3',
    ],
    ['parameters', 'rows=5', ({ parameters }) => parameters.get('rows'), '5'],
    ['trigger', '${b}', ({ trigger }) => trigger, ['b']],
    ['trigger', '${b}, ${b}', ({ trigger }) => trigger, ['b', 'b']],
    ['hxl', '#adm1 +code', ({ hxl }) => hxl, '#adm1+code'],
  ])('is known: %s, %s', (heading, cell, fact, expected) => {
    const settings = { default_language: 'fr' };
    const label = /label|caption/i.test(heading) ? {} : { label: 'A' };
    const survey = [{ type: 'text', name: 'a', ...label, [heading]: cell }, q('b')];
    const { model, errors, warnings } = compileForm(
      'f',
      { survey, choices: [], settings },
      new Map(),
    );
    expect(errors).toEqual([]);
    expect(
      warnings.filter(({ code }) => code !== 'missing-translation' && code !== 'missing-label'),
    ).toEqual([]);
    const [question] = model?.questions ?? [];
    expect(question === undefined ? undefined : fact(question)).toEqual(expected);
  });

  it.each(['$kuid', '_or_other', 'kobo--locking-profile', 'sms_field', 'notes'])(
    'may be a note of other tools: %s',
    (heading) => {
      expect(codes({ survey: [q('a', { [heading]: 'x' })] })).toEqual([]);
    },
  );

  it('may be a picture in place of a label', () => {
    const survey = [{ type: 'select_one l', name: 'a', label: '', image: 'a.png' }];
    const choices = [{ list_name: 'l', name: 'x', label: '', image: 'x.png' }];
    expect(codes({ survey, choices })).toEqual([]);
  });

  it('may be repeated with the same text', () => {
    expect(codes({ survey: [q('a', { image: 'a.png', 'media::image': 'a.png' })] })).toEqual([]);
  });

  it.each(['bind::nodeset', 'body::ref', 'bind::a b', 'bind::xmlns', 'bind::x:y'])(
    'cannot be an attribute that breaks the XForm: %s',
    (heading) => {
      expect(codes({ survey: [q('a', { [heading]: 'x' })] })).toEqual(['bad-attribute']);
    },
  );

  it('may have a prefix that the settings declare', () => {
    const survey = [q('a', { 'bind::esri:fieldType': 'esriFieldTypeString' })];
    const settings = { namespaces: 'esri="https://esri.com/xforms"' };
    expect(codes({ survey, settings })).toEqual([]);
  });
});

describe('the files that a form names', () => {
  const survey = [
    q('a', { image: 'a.png', 'media::audio::English (en)': 'a.mp3', hint: 'x' }),
    { type: 'image', name: 'photo', default: 'jr://images/blank.png' },
    { type: 'select_one l', name: 's' },
    { type: 'select_one_from_file villes.csv', name: 'v' },
    { type: 'note', name: 'n', image: '${photo}' },
    { type: 'csv-external', name: 'prix' },
    { type: 'xml-external', name: 'zones' },
    { type: 'calculate', name: 'p', calculation: "pulldata('tarifs', 'p', 'k', ${v})" },
    q('z', { image: 'a.png' }),
  ];
  const choices = [{ list_name: 'l', name: 'x', 'media::image': 'x.png' }];
  const model = modelOf({ survey, choices });

  it('are told once each, where they are first named', () => {
    const named = model.files.map(({ name, use, sheet, row, column }) =>
      [name, use, sheet, row, column].join(' '),
    );
    expect(named.sort()).toEqual(
      [
        'a.png media survey 2 image',
        'a.mp3 media survey 2 media::audio::English (en)',
        'blank.png media survey 3 default',
        'villes.csv list survey 5 type',
        'prix.csv list survey 7 name',
        'zones.xml list survey 8 name',
        'tarifs.csv list survey 9 calculation',
        'x.png media choices 2 media::image',
      ].sort(),
    );
  });

  it('give lists under their names without extension, and ask nothing themselves', () => {
    expect([...model.lists.keys()]).toEqual(['l', 'villes', 'prix', 'zones', 'tarifs']);
    expect(model.questions.map(({ name }) => name)).toEqual([
      'a',
      'photo',
      's',
      'v',
      'n',
      'p',
      'z',
    ]);
    expect(model.lists.get('l')?.choices[0]?.media.get('image')?.get('fr')).toBe('x.png');
  });
});

describe('a list in a file', () => {
  const files = new Map([
    [
      'villes.csv',
      [
        { code: '01', nom: 'Dakar', region: 'SN01', name: 'n1' },
        { code: '02', nom: 'Thiès', region: 'SN02', name: 'n2' },
        { nom: 'sans code', region: 'SN02' },
      ],
    ],
  ]);
  const source: FormSource = {
    survey: [
      {
        type: 'select_one_from_file villes.csv',
        name: 'v',
        choice_filter: "region = 'SN01'",
        parameters: 'value=code, label=nom',
      },
      { type: 'calculate', name: 'c', calculation: "pulldata('villes', 'nom', 'code', ${v})" },
      {
        type: 'calculate',
        name: 'n',
        calculation: "count(instance('villes')/root/item[region = 'SN02'])",
      },
    ],
    files,
  };

  it('is judged, filtered and read like any other', () => {
    const { model, errors, warnings } = compileSource(source);
    expect([errors, warnings]).toEqual([[], []]);
    if (model === undefined) return;
    expect(validated(model, { v: '01' }).answers).toEqual({ v: '01', c: 'Dakar', n: 2 });
    expect(told(validated(model, { v: '02' }).errors)).toEqual(['/v not-a-choice']);
    expect(told(validated(model, { v: 'n1' }).errors)).toEqual(['/v not-a-choice']);
    const list = model.questions[0]?.list;
    expect(list).toMatchObject({
      name: 'villes',
      file: 'villes.csv',
      valueColumn: 'code',
      labelColumn: 'nom',
    });
    expect([...(list?.byName.keys() ?? [])]).toEqual(['01', '02']);
    expect(list?.byName.get('01')?.label.get('fr')).toBe('Dakar');
  });

  it('stays with the definition, so that it compiles to the same by itself', () => {
    const first = compileSource(source);
    expect(Object.keys(first.definition.files ?? {})).toEqual(['villes.csv']);
    const again = compileForm('test-form', first.definition, new Map());
    expect(again).toMatchObject({ errors: [], warnings: [], definition: first.definition });
    expect(again.model?.version).toBe(first.model?.version);
    expect(again.model?.lists.get('villes')?.choices).toHaveLength(3);
    expect(
      compileSource({ ...source, files: new Map([['villes.csv', []]]) }).model?.version,
    ).not.toBe(first.model?.version);
  });

  it('may have other columns for another question', () => {
    const model = modelOf({
      survey: [
        { type: 'select_one_from_file villes.csv', name: 'a', parameters: 'value=code label=nom' },
        { type: 'select_multiple_from_file villes.csv', name: 'b', parameters: 'label=region' },
      ],
      files,
    });
    expect(model.questions.map(({ list }) => [...(list?.byName.keys() ?? [])])).toEqual([
      ['01', '02'],
      ['n1', 'n2'],
    ]);
    expect(model.lists.size).toBe(1);
  });

  it('is meant by a select whose list is called like a file', () => {
    const model = modelOf({ survey: [{ type: 'select_one x.geojson', name: 'a' }] });
    expect(model.questions[0]?.list).toMatchObject({
      file: 'x.geojson',
      valueColumn: 'id',
      labelColumn: 'title',
    });
  });

  it('comes before the vocabulary of its name', () => {
    const { model, definition } = compileSource(
      {
        survey: [
          {
            type: 'select_one_from_file villes.csv',
            name: 'v',
            parameters: 'value=code label=nom',
          },
          { type: 'calculate', name: 'c', calculation: "pulldata('villes', 'nom', 'code', ${v})" },
        ],
        files,
      },
      new Map([['villes', [{ name: 'x', label: 'X' }]]]),
    );
    expect(definition.choices).toEqual([]);
    expect(model?.lists.get('villes')?.file).toBe('villes.csv');
  });
});

describe('other sources of choices', () => {
  it('are the sheet external_choices, filtered like any list', () => {
    const model = modelOf({
      survey: [
        { type: 'select_one l', name: 'r' },
        { type: 'select_one_external villes', name: 'v', choice_filter: 'region=${r}' },
      ],
      choices: list('l', 'SN01', 'SN02'),
      external: [
        { list_name: 'villes', name: 'dakar', label: 'Dakar', region: 'SN01' },
        { list_name: 'villes', name: 'thies', label: 'Thiès', region: 'SN02' },
      ],
    });
    expect(validated(model, { r: 'SN01', v: 'dakar' }).errors).toEqual([]);
    expect(told(validated(model, { r: 'SN01', v: 'thies' }).errors)).toEqual(['/v not-a-choice']);
  });

  it('are the answers of a question that repeats', () => {
    const model = modelOf({
      survey: [
        { type: 'begin_repeat', name: 'r' },
        q('nom'),
        { type: 'end_repeat' },
        { type: 'select_one ${nom}', name: 'chef' },
      ],
    });
    expect(model.questions.at(-1)).toMatchObject({ choicesFrom: 'nom', list: undefined });
    expect(validated(model, { r: [{ nom: 'Awa' }], chef: 'Awa' }).errors).toEqual([]);
  });

  it('let "other" through every filter', () => {
    const model = modelOf({
      survey: [
        q('b'),
        { type: 'select_one l or_other', name: 's', choice_filter: 'region = ${b}' },
      ],
      choices: [{ list_name: 'l', name: 'x', region: 'r' }],
    });
    expect(model.questions[1]?.choiceFilter?.source).toBe("(region = ${b}) or name = 'other'");
  });
});

describe('what word processors do to expressions', () => {
  it.each([
    ['${b} = ‘oui’', "${b} = 'oui'"],
    ['${b} = “oui”', '${b} = "oui"'],
    ["${b} = 'oui’", "${b} = 'oui'"],
    ["${b}\u00a0= 'l’eau'", "${b} = 'l’eau'"],
    ["\ufeff${b} = 'a'\u200b", "${b} = 'a'"],
  ])('is undone: %s', (relevant, source) => {
    const question = only({ relevant });
    expect(question.relevant?.source).toBe(source);
    expect(codes({ survey: [q('a', { relevant }), q('b')] })).toEqual(['typography-read']);
  });

  it('is left where it is meant', () => {
    const relevant = "${b} = 'l’eau'";
    expect(only({ relevant, label: 'L’eau' }).relevant?.source).toBe(relevant);
    expect(codes({ survey: [q('a', { relevant, label: 'L’eau' }), q('b')] })).toEqual([]);
  });

  it('is told as it stands where it cannot be undone', () => {
    expect(codes({ survey: [q('a', { relevant: '${b} = «oui»' }), q('b')] })).toEqual([
      'smart-quote',
    ]);
  });
});

describe('references', () => {
  it.each<[string, Row]>([
    ['a label', { label: '${nobody}' }],
    ['a hint in one language', { 'hint::English (en)': '${nobody}' }],
    ['a guidance hint', { guidance_hint: '${nobody}' }],
    ['a trigger', { trigger: '${nobody}' }],
    ['an attribute', { 'bind::odk:length': '${nobody}' }],
    ['an intent', { intent: 'ex:x(a=${nobody})' }],
    ['a lock', { readonly: '${nobody} = 1' }],
    ['the last record', { default: '${last-saved#nobody}' }],
    ['the last record in a label', { label: 'Before: ${last-saved#nobody}' }],
  ])('to nobody are found in %s', (_, row) => {
    expect(codes({ survey: [q('a', row)] })).toContain('unknown-reference');
  });

  it('to nobody are found in parameters, choices and the name of instances', () => {
    const survey = [
      { type: 'select_one l', name: 'a', parameters: 'randomize=true seed=${nobody}' },
    ];
    const choices = [{ list_name: 'l', name: 'x', label: '${nobody}' }];
    const settings = { instance_name: '${nobody}' };
    const found = compileSource({ survey, choices, settings }).errors.map(
      ({ sheet, column, code }) => `${sheet} ${column} ${code}`,
    );
    expect(found.sort()).toEqual([
      'choices label unknown-reference',
      'settings instance_name unknown-reference',
      'survey parameters unknown-reference',
    ]);
  });

  it('to the last record are read, and worth nothing here', () => {
    const model = modelOf({
      survey: [
        q('a', { default: '${last-saved#a}' }),
        { type: 'calculate', name: 'c', calculation: "concat('x', ${last-saved#a})" },
      ],
    });
    expect(model.questions[1]?.calculation?.lastSavedReferences).toEqual(['a']);
    expect(validated(model, { a: 'y' }).answers).toEqual({ a: 'y', c: 'x' });
  });
});

describe('parameters', () => {
  it.each([
    ['text', 'rows=3'],
    ['range', 'start=10 end=0 step=2'],
    ['range', 'start=0;end=10;step=1;tick_interval=2;placeholder=4'],
    ['range', 'start = 0, end = 1, step = 0.25'],
    ['image', 'max-pixels=1024 app=org.example.draw'],
    ['audio', 'quality=voice-only'],
    ['background-audio', 'quality=low'],
    ['geopoint', 'capture-accuracy=2.5 warning-accuracy=10 allow-mock-accuracy=true'],
    ['geotrace', 'incremental=true allow-mock-accuracy=false'],
    ['select_one l', 'randomize=true seed=42'],
    ['select_multiple l', 'randomize=TRUE, seed=${b}'],
    ['audit', 'location-priority=balanced location-min-interval=60 location-max-age=120'],
    ['audit', 'track-changes=true identify-user=true track-changes-reasons=on-form-edit'],
  ])('are taken: %s %s', (type, parameters) => {
    const survey = [{ type, name: type === 'audit' ? 'audit' : 'a', parameters }, q('b')];
    const choices = type.endsWith(' l') ? list('l', 'x') : [];
    expect(codes({ survey, choices })).toEqual([]);
  });

  it.each([
    ['text', 'rows=many', 'bad-parameter'],
    ['text', 'row=3', 'unknown-parameter'],
    ['range', 'start=0 end=10 step=20', 'bad-range'],
    ['range', 'start=0 end=10 step=0', 'bad-range'],
    ['range', 'tick_labelset=nobody', 'unknown-list'],
    ['audio', 'quality=best', 'bad-parameter'],
    ['background-audio', 'quality=external', 'bad-parameter'],
    ['image', 'app=draw', 'bad-parameter'],
    ['select_one l', 'seed=42', 'bad-parameter'],
    ['select_one l', 'value=code', 'unknown-parameter'],
    ['audit', 'location-priority=balanced', 'bad-parameter'],
    ['geopoint', '5', 'unreadable-parameters'],
    ['date', 'toString=1', 'unknown-parameter'],
  ])('are told of: %s %s', (type, parameters, code) => {
    const survey = [{ type, name: type === 'audit' ? 'audit' : 'a', parameters }, q('b')];
    const choices = type.endsWith(' l') ? list('l', 'x') : [];
    expect(codes({ survey, choices })).toEqual([code]);
  });

  it('may describe a range that goes down', () => {
    const model = modelOf({
      survey: [{ type: 'range', name: 'a', parameters: 'start=10 end=0 step=5' }],
    });
    expect(validated(model, { a: 5 }).errors).toEqual([]);
    expect(told(validated(model, { a: 11 }).errors)).toEqual(['/a out-of-range']);
    expect(told(validated(model, { a: 4 }).errors)).toEqual(['/a off-step']);
  });
});

describe('types of their own kind', () => {
  it.each([
    'osm',
    'begin loop over l',
    'cascading_select l',
    'begin_kobomatrix',
    'begin_score',
    'percentage',
  ])('are refused with the reason: %s', (type) => {
    const { errors } = compileSource({ survey: [q('b'), { type, name: 'a' }] });
    expect(errors.map(({ code }) => code)).toEqual(['unsupported-type']);
    expect(errors[0]?.message.fr).toMatch(/\u00a0: .*\.$/);
  });

  it('keeps the log of the form at its top, wherever it is written', () => {
    const model = modelOf({
      survey: [
        { type: 'begin_group', name: 'g' },
        q('a'),
        { type: 'audit' },
        { type: 'end_group' },
      ],
    });
    expect(model.questions.map(({ path }) => path.join('/')).sort()).toEqual(['audit', 'g/a']);
  });

  it('asks phones for the numbers that old forms ask for', () => {
    const { model } = compileSource({
      survey: [
        { type: 'simserial', name: 's' },
        { type: 'get subscriber id', name: 'n' },
      ],
    });
    expect(model?.questions.map(({ client }) => client.bind.get('jr:preloadParams'))).toEqual([
      'simserial',
      'subscriberid',
    ]);
  });
});

describe('settings for clients', () => {
  it('may give the id of the form under both of its names', () => {
    const settings = { form_id: 'test-form', id_string: 'old' };
    expect(codes({ survey: [q('a')], settings })).toEqual([]);
    expect(codes({ survey: [q('a')], settings: { id_string: 'old' } })).toEqual([
      'form-id-differs',
    ]);
  });

  it('are kept under the names that XLSForm gives them', () => {
    const { client, attachments } = modelOf({
      survey: [q('a')],
      settings: {
        style: 'pages',
        'Auto Send': 'true',
        auto_delete: 'true',
        name: 'data',
        namespaces: 'a="https://a.example"',
        instance_xmlns: 'https://x.example',
        'attribute::a:b': 'c',
        prefix: 'p',
        sms_keyword: 'k',
        id_string: 'test-form',
        attachment_max_mb: 1.5,
        attachment_types: 'application/pdf, IMAGE/*',
        clean_text_values: 'yes',
        omit_instanceID: 'no',
        unknown_thing: 'x',
      },
    }).settings;
    expect(plain(client)).toEqual({
      style: 'pages',
      auto_send: 'true',
      auto_delete: 'true',
      name: 'data',
      namespaces: 'a="https://a.example"',
      instance_xmlns: 'https://x.example',
      'attribute::a:b': 'c',
      prefix: 'p',
      sms_keyword: 'k',
    });
    expect(attachments).toEqual({ maxBytes: 1_500_000, types: ['application/pdf', 'image/*'] });
  });

  it('allow 50 MB and what each type takes unless they say otherwise', () => {
    const { attachments }: FormModel['settings'] = modelOf({ survey: [q('a')] }).settings;
    expect(attachments).toEqual({ maxBytes: 50_000_000, types: undefined });
  });
});

describe('suggestions', () => {
  it('know the vocabularies', () => {
    const { errors } = compileSource(
      { survey: [{ type: 'select_one region', name: 'a' }] },
      new Map([['regions', [{ name: 'x', label: 'X' }]]]),
    );
    expect(errors[0]?.message.en).toContain('"regions"');
  });

  it('come with a heading that is missing', () => {
    const { errors } = compileForm(
      'f',
      { survey: [{ typ: 'text', name: 'a' }], choices: [], settings: {} },
      new Map(),
    );
    expect(errors.map(({ code }) => code)).toEqual(['missing-column']);
    expect(errors[0]?.message.fr).toContain('« typ »');
  });
});
