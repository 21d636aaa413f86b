import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../../../../shared/form/definition.ts';
import { questionTypes } from '../../../../../shared/form/types/question-types.ts';
import { writeXForm } from '../../../../../shared/form/xform/write-xform.ts';
import { list, modelOf, type FormSource } from '../../../../support/form-source.ts';

/** The XForm of a form, read once by a parser that knows namespaces. */
function xformOf(source: FormSource): string {
  const xml = writeXForm(modelOf(source));
  readWhole(xml);
  return xml;
}

function readWhole(xml: string): void {
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
}

const begin = (kind: 'group' | 'repeat', name: string, more: Row = {}): Row => ({
  type: `begin ${kind}`,
  name,
  ...more,
});
const end = (kind: 'group' | 'repeat'): Row => ({ type: `end ${kind}` });
const text = (name: string, more: Row = {}): Row => ({ type: 'text', name, ...more });

interface Case {
  readonly source: FormSource;
  readonly has: readonly string[];
  readonly lacks?: readonly string[];
}

const two = [
  { list_name: 'l', name: 'a', label: 'A', region: 'DK' },
  { list_name: 'l', name: 'b', label: 'B', region: 'TH' },
];
const french = (label: string): Row => ({ 'label::Français (fr)': label });
const english = (label: string): Row => ({ 'label::English (en)': label });

const cases: Record<string, Case> = {
  'id, version and title': {
    source: { survey: [text('a')], settings: { version: 'v3', form_title: 'Qui & quoi' } },
    has: [
      '<h:title>Qui &amp; quoi</h:title>',
      '<model odk:xforms-version="1.0.0">',
      '<instance><data id="test-form" version="v3"><a/>',
    ],
  },
  'the id of the instance, from the client': {
    source: { survey: [text('a')] },
    has: [
      '<orx:meta><orx:instanceID/></orx:meta></data>',
      '<bind nodeset="/data/orx:meta/orx:instanceID" type="string" readonly="true()" jr:preload="uid"/>',
    ],
    lacks: ['instanceName', '<itext>', '<submission'],
  },
  'the name of the instance, computed': {
    source: { survey: [text('a')], settings: { instance_name: "concat(${a}, '!')" } },
    has: [
      '<orx:instanceName/>',
      '<bind nodeset="/data/orx:meta/orx:instanceName" type="string" calculate="concat(/data/a, \'!\')"/>',
    ],
  },
  'one language: texts where they are used': {
    source: {
      survey: [text('a', { label: 'Nom <b>', hint: 'Le vôtre' })],
    },
    has: ['<input ref="/data/a"><label>Nom &lt;b&gt;</label><hint>Le vôtre</hint></input>'],
    lacks: ['itext'],
  },
  'several languages: every text in each, the default one where another lacks it': {
    source: {
      survey: [
        { type: 'text', name: 'a', label: null, ...french('Nom'), ...english('Name') },
        { type: 'text', name: 'b', label: null, ...french('Âge') },
      ],
      settings: { default_language: 'Français (fr)' },
    },
    has: [
      '<translation lang="Français (fr)" default="true()"><text id="/data/a:label"><value>Nom</value></text><text id="/data/b:label"><value>Âge</value></text></translation>',
      '<translation lang="English (en)"><text id="/data/a:label"><value>Name</value></text><text id="/data/b:label"><value>Âge</value></text></translation>',
      '<label ref="jr:itext(\'/data/a:label\')"/>',
    ],
  },
  'guidance beside the hint': {
    source: { survey: [text('a', { hint: 'Court', guidance_hint: 'Long' })] },
    has: [
      '<text id="/data/a:hint"><value>Court</value><value form="guidance">Long</value></text>',
      '<hint ref="jr:itext(\'/data/a:hint\')"/>',
      '<label>a</label>',
    ],
  },
  'media of every kind': {
    source: {
      survey: [
        text('a', {
          'media::image': 'a.png',
          'media::big-image': 'b.png',
          audio: 'c.mp3',
          'media::video': 'd.mp4',
        }),
      ],
    },
    has: [
      '<value>a</value><value form="image">jr://images/a.png</value><value form="big-image">jr://images/b.png</value><value form="audio">jr://audio/c.mp3</value><value form="video">jr://video/d.mp4</value>',
    ],
  },
  'answers in texts': {
    source: {
      survey: [text('a'), text('b', { label: '1 < 2, ${a} & ${last-saved#a}, $5, ${ a }' })],
    },
    has: [
      '<label>1 &lt; 2, <output value="/data/a"/> &amp; <output value="instance(\'__last-saved\')/data/a"/>, $5, <output value="/data/a"/></label>',
      '<instance id="__last-saved" src="jr://instance/last-saved"/>',
    ],
  },
  'rules and their messages': {
    source: {
      survey: [
        text('a', {
          required: 'yes',
          required_message: 'Il le faut',
          constraint: '. != "x"',
          constraint_message: 'Pas "x"',
        }),
        text('b', {
          relevant: "${a} = 'y'",
          required: "${a} = 'z'",
          readonly: 'yes',
          constraint: '. > 1',
          constraint_message: 'Plus que ${a}',
        }),
      ],
    },
    has: [
      '<bind nodeset="/data/a" type="string" required="true()" jr:requiredMsg="Il le faut" constraint=". != &quot;x&quot;" jr:constraintMsg="Pas &quot;x&quot;"/>',
      '<bind nodeset="/data/b" type="string" required="/data/a = \'z\'" relevant="/data/a = \'y\'" constraint=". &gt; 1" jr:constraintMsg="jr:itext(\'/data/b:jr:constraintMsg\')" readonly="true()"/>',
      '<text id="/data/b:jr:constraintMsg"><value>Plus que <output value="/data/a"/></value></text>',
    ],
  },
  'a question that an expression locks': {
    source: { survey: [text('a'), text('b', { read_only: "${a} = ''" })] },
    has: ['<bind nodeset="/data/b" type="string" readonly="/data/a = \'\'"/>'],
  },
  'fixed defaults': {
    source: {
      survey: [text('a', { default: 'x < y' }), { type: 'date', name: 'd', default: '2026-01-02' }],
    },
    has: ['<a>x &lt; y</a><d>2026-01-02</d>'],
    lacks: ['<setvalue'],
  },
  'defaults to compute when the record is opened': {
    source: { survey: [text('a', { default: 'concat("n", 1)' })] },
    has: [
      '<a/>',
      '<setvalue ref="/data/a" event="odk-instance-first-load" value="concat(&quot;n&quot;, 1)"/></model>',
    ],
  },
  'defaults to compute in each instance of a repeat': {
    source: {
      survey: [
        begin('repeat', 'r'),
        begin('group', 'g'),
        text('a', { default: 'uuid()' }),
        end('group'),
        end('repeat'),
      ],
    },
    has: [
      '<setvalue ref="/data/r/g/a" event="odk-instance-first-load" value="uuid()"/></model>',
      '</group><setvalue ref="/data/r/g/a" event="odk-new-repeat" value="uuid()"/></repeat>',
    ],
  },
  'what a change of answer triggers': {
    source: {
      survey: [
        text('a'),
        { type: 'calculate', name: 'when', calculation: 'now()', trigger: '${a}' },
        text('b', { calculation: '${a}', trigger: '${a}' }),
      ],
    },
    has: [
      '<input ref="/data/a"><label>a</label><setvalue ref="/data/when" event="xforms-value-changed" value="now()"/><setvalue ref="/data/b" event="xforms-value-changed" value="/data/a"/></input>',
      '<bind nodeset="/data/when" type="string"/>',
    ],
  },
  'choices with all their columns': {
    source: { survey: [{ type: 'select_one l', name: 'a' }], choices: two },
    has: [
      '<instance id="l"><root><item><name>a</name><label>A</label><region>DK</region></item>',
      '<select1 ref="/data/a"><label>a</label><itemset nodeset="instance(\'l\')/root/item"><value ref="name"/><label ref="label"/></itemset></select1>',
    ],
  },
  'choices in several languages': {
    source: {
      survey: [{ type: 'select_multiple l', name: 'a', label: null, ...french('A') }],
      choices: [{ list_name: 'l', name: 'x', label: null, ...french('Un'), ...english('One') }],
    },
    has: [
      '<item><itextId>l-0</itextId><name>x</name></item>',
      '<text id="l-0"><value>One</value></text>',
      '<label ref="jr:itext(itextId)"/>',
      '<select ref="/data/a">',
    ],
  },
  'labels of a translated list that an expression reads': {
    source: {
      survey: [
        { type: 'select_one l', name: 'a', label: null, ...french('A'), ...english('A') },
        {
          type: 'calculate',
          name: 'b',
          calculation: "instance('l')/root/item[name = ${a}]/label",
        },
      ],
      choices: [{ list_name: 'l', name: 'x', label: null, ...french('Un'), ...english('One') }],
    },
    has: ['<itextId>l-0</itextId><name>x</name><label>Un</label>'],
  },
  'choices with pictures': {
    source: {
      survey: [{ type: 'rank l', name: 'a' }],
      choices: [{ list_name: 'l', name: 'x', label: 'X', image: 'x.png' }],
    },
    has: [
      '<text id="l-0"><value>X</value><value form="image">jr://images/x.png</value></text>',
      '<bind nodeset="/data/a" type="odk:rank"/>',
      '<odk:rank ref="/data/a">',
    ],
  },
  'columns that could not be elements': {
    source: {
      survey: [{ type: 'select_one l', name: 'a' }],
      choices: [{ list_name: 'l', name: 'x', label: 'X', 'a b': '1', '2c': '2', région: '3' }],
    },
    has: ['<item><name>x</name><label>X</label><région>3</région></item>'],
  },
  'a list that nobody reads': {
    source: { survey: [text('a')], choices: two },
    has: ['<data'],
    lacks: ['instance id="l"'],
  },
  'choices that depend on answers': {
    source: {
      survey: [text('r'), { type: 'select_one l', name: 'a', choice_filter: 'region = ${r}' }],
      choices: two,
    },
    has: ['nodeset="instance(\'l\')/root/item[region = /data/r]"'],
  },
  'choices in random order': {
    source: {
      survey: [
        { type: 'integer', name: 'n' },
        { type: 'select_one l', name: 'a', parameters: 'randomize=true' },
        { type: 'select_one l', name: 'b', parameters: 'randomize=true seed=7' },
        { type: 'select_one l', name: 'c', parameters: 'randomize=true, seed=${n}' },
        { type: 'select_one l', name: 'd', parameters: 'randomize=false' },
      ],
      choices: two,
    },
    has: [
      'nodeset="randomize(instance(\'l\')/root/item)"',
      'nodeset="randomize(instance(\'l\')/root/item, 7)"',
      'nodeset="randomize(instance(\'l\')/root/item, /data/n)"',
      'nodeset="instance(\'l\')/root/item"',
    ],
  },
  'another answer, specified': {
    source: { survey: [{ type: 'select_one l or_other', name: 'a' }], choices: two },
    has: [
      '<item><name>other</name>',
      '<bind nodeset="/data/a_other" type="string" relevant="selected(../a, \'other\')"/>',
      '<input ref="/data/a_other"><label>Précisez</label></input>',
    ],
  },
  'lists in files': {
    source: {
      survey: [
        text('r'),
        {
          type: 'select_one_from_file regions.csv',
          name: 'a',
          choice_filter: 'zone = ${r}',
          parameters: 'value=code label=nom',
        },
        { type: 'select_multiple_from_file places.geojson', name: 'b' },
        { type: 'xml-external', name: 'more' },
      ],
    },
    has: [
      '<instance id="regions" src="jr://file-csv/regions.csv"/>',
      '<instance id="places" src="jr://file/places.geojson"/>',
      '<instance id="more" src="jr://file/more.xml"/>',
      '<itemset nodeset="instance(\'regions\')/root/item[zone = /data/r]"><value ref="code"/><label ref="nom"/></itemset>',
      '<value ref="id"/><label ref="title"/>',
    ],
  },
  'choices that are answers': {
    source: {
      survey: [
        begin('repeat', 'r'),
        text('n'),
        { type: 'integer', name: 'age' },
        { type: 'select_one ${n}', name: 'friend' },
        end('repeat'),
        { type: 'select_one ${n}', name: 'head', choice_filter: '${age} > 17' },
      ],
    },
    has: [
      '<itemset nodeset="/data/r[./n != \'\']"><value ref="n"/><label ref="n"/></itemset>',
      '<itemset nodeset="/data/r[./age &gt; 17]"><value ref="n"/><label ref="n"/></itemset>',
    ],
  },
  'a repeat: its pattern, its first instance, its control': {
    source: {
      survey: [
        begin('repeat', 'r', { label: 'Gens', relevant: '1 = 1', appearance: 'field-list' }),
        text('a', { default: 'x' }),
        begin('repeat', 's'),
        text('b'),
        end('repeat'),
        end('repeat'),
      ],
    },
    has: [
      '<r jr:template=""><a>x</a><s jr:template=""><b/></s></r><r><a>x</a><s><b/></s></r>',
      '<bind nodeset="/data/r" relevant="1 = 1"/>',
      '<group ref="/data/r"><label>Gens</label><repeat nodeset="/data/r" appearance="field-list"><input ref="/data/r/a">',
      '<group ref="/data/r/s"><label>s</label><repeat nodeset="/data/r/s"><input ref="/data/r/s/b">',
    ],
  },
  'a repeat as often as an answer says': {
    source: {
      survey: [
        { type: 'integer', name: 'n' },
        begin('repeat', 'r', { repeat_count: '${n}', 'body::jr:noAddRemove': 'true()' }),
        text('a'),
        end('repeat'),
      ],
    },
    has: ['<repeat nodeset="/data/r" jr:count="/data/n" jr:noAddRemove="true()">'],
    lacks: ['r_count'],
  },
  'a repeat as often as is computed': {
    source: {
      survey: [
        text('r_count'),
        begin('repeat', 'r', { repeat_count: '2 + 1' }),
        { type: 'integer', name: 'n' },
        begin('repeat', 's', { repeat_count: '${n} + 1' }),
        text('a'),
        end('repeat'),
        end('repeat'),
      ],
    },
    has: [
      '<r_count/><r_count_/><r jr:template=""><n/><s_count/><s jr:template="">',
      '<bind nodeset="/data/r_count_" type="string" readonly="true()" calculate="2 + 1"/>',
      '<repeat nodeset="/data/r" jr:count="/data/r_count_">',
      '<bind nodeset="/data/r/s_count" type="string" readonly="true()" calculate="../n + 1"/>',
      '<repeat nodeset="/data/r/s" jr:count="../s_count">',
    ],
  },
  groups: {
    source: {
      survey: [
        begin('group', 'g', { label: 'G', appearance: 'field-list', relevant: 'true()' }),
        text('a'),
        end('group'),
      ],
    },
    has: [
      '<bind nodeset="/data/g" relevant="true()"/>',
      '<group ref="/data/g" appearance="field-list"><label>G</label><input ref="/data/g/a">',
    ],
  },
  'a table of selects': {
    source: {
      survey: [
        begin('group', 'g', { label: 'G', appearance: 'table-list' }),
        { type: 'select_one l', name: 'a' },
        { type: 'select_one l', name: 'b', appearance: 'minimal' },
        end('group'),
      ],
      choices: two,
    },
    has: [
      '<g><reserved_name_for_field_list_labels_3/><a/><b/></g>',
      '<group ref="/data/g" appearance="field-list"><label>G</label><select1 ref="/data/g/reserved_name_for_field_list_labels_3" appearance="label"><label> </label><itemset',
      '<select1 ref="/data/g/a" appearance="list-nolabel">',
      '<select1 ref="/data/g/b" appearance="list-nolabel">',
    ],
  },
  'ranges of whole numbers and of decimals': {
    source: {
      survey: [
        { type: 'range', name: 'a', parameters: 'start=0 end=10 step=2' },
        { type: 'range', name: 'b', parameters: 'start=0 end=1 step=0.1', appearance: 'picker' },
        { type: 'range', name: 'c' },
      ],
    },
    has: [
      '<bind nodeset="/data/a" type="int"/><bind nodeset="/data/b" type="decimal"/><bind nodeset="/data/c" type="int"/>',
      '<range ref="/data/a" start="0" end="10" step="2">',
      '<range ref="/data/b" start="0" end="1" step="0.1" appearance="picker">',
      '<range ref="/data/c" start="1" end="10" step="1">',
    ],
  },
  'names for the ticks of a range': {
    source: {
      survey: [
        {
          type: 'range',
          name: 'a',
          parameters: 'start=0 end=10 step=5 tick_interval=5 placeholder=5 tick_labelset=l',
        },
      ],
      choices: [
        { list_name: 'l', name: '0', label: 'Peu' },
        { list_name: 'l', name: '10', label: 'Beaucoup' },
      ],
    },
    has: [
      '<range ref="/data/a" start="0" end="10" step="5" odk:tick-interval="5" odk:placeholder="5"><label>a</label><itemset nodeset="instance(\'l\')/root/item"><value ref="name"/><label ref="label"/></itemset></range>',
    ],
  },
  files: {
    source: {
      survey: [
        {
          type: 'image',
          name: 'a',
          parameters: 'max-pixels=1024 app=org.example',
          default: 'a.png',
        },
        { type: 'audio', name: 'b', parameters: 'quality=voice-only' },
        { type: 'file', name: 'c' },
      ],
    },
    has: [
      '<a>jr://images/a.png</a>',
      '<bind nodeset="/data/a" type="binary" orx:max-pixels="1024"/>',
      '<upload ref="/data/a" mediatype="image/*" intent="org.example">',
      '<bind nodeset="/data/b" type="binary" odk:quality="voice-only"/>',
      '<upload ref="/data/c" mediatype="application/*">',
    ],
  },
  places: {
    source: {
      survey: [
        {
          type: 'geopoint',
          name: 'a',
          parameters: 'capture-accuracy=5 warning-accuracy=50 allow-mock-accuracy=true',
        },
        { type: 'start-geopoint', name: 'b' },
        { type: 'background-geopoint', name: 'c', trigger: '${a}' },
      ],
    },
    has: [
      '<bind nodeset="/data/a" type="geopoint" odk:allow-mock-accuracy="true"/>',
      '<input ref="/data/a" accuracyThreshold="5" unacceptableAccuracyThreshold="50">',
      '<odk:setgeopoint ref="/data/b" event="odk-instance-first-load"/></model>',
      '<odk:setgeopoint ref="/data/c" event="xforms-value-changed"/></input>',
    ],
  },
  'what the client knows by itself': {
    source: {
      survey: [
        { type: 'start', name: 's' },
        { type: 'today', name: 't' },
        { type: 'deviceid', name: 'd' },
        { type: 'background-audio', name: 'r', parameters: 'quality=low' },
        text('a'),
      ],
    },
    has: [
      '<bind nodeset="/data/s" type="dateTime" jr:preload="timestamp" jr:preloadParams="start"/>',
      '<bind nodeset="/data/t" type="date" jr:preload="date" jr:preloadParams="today"/>',
      '<bind nodeset="/data/d" type="string" jr:preload="property" jr:preloadParams="deviceid"/>',
      '<odk:recordaudio ref="/data/r" event="odk-instance-load" odk:quality="low"/>',
      '<h:body><input ref="/data/a"><label>a</label></input></h:body>',
    ],
  },
  'the log of a filling, in the metadata': {
    source: {
      survey: [
        {
          type: 'audit',
          name: 'audit',
          parameters: 'location-priority=balanced location-min-interval=60 location-max-age=120',
        },
        text('a'),
      ],
    },
    has: [
      '<data id="test-form"',
      '<a/><orx:meta><orx:audit/><orx:instanceID/></orx:meta>',
      '<bind nodeset="/data/orx:meta/orx:audit" type="binary" odk:location-priority="balanced" odk:location-min-interval="60" odk:location-max-age="120"/>',
    ],
  },
  'computed questions, shown only if they say something': {
    source: {
      survey: [
        text('a'),
        { type: 'text', name: 'b', label: '', calculation: '${a}' },
        { type: 'text', name: 'c', label: 'C', calculation: '${a}' },
        { type: 'calculate', name: 'd', calculation: '1 + 1', 'bind::type': 'int' },
      ],
    },
    has: [
      '<bind nodeset="/data/d" type="int" calculate="1 + 1"/>',
      '<h:body><input ref="/data/a"><label>a</label></input><input ref="/data/c"><label>C</label></input></h:body>',
    ],
  },
  'attributes of the form’s own': {
    source: {
      survey: [
        text('n'),
        text('a', {
          'bind::esri:fieldType': 'esriInteger',
          'instance::esri:tag': 't',
          'body::accept': '${n}.pdf',
          intent: 'org.app(n=${n})',
          autoplay: 'audio',
        }),
      ],
      settings: {
        namespaces: 'esri="https://example.org/esri" odk="https://example.org/other" xmlns="x"',
      },
    },
    has: [
      ' xmlns:esri="https://example.org/esri">',
      ' xmlns:odk="http://www.opendatakit.org/xforms"',
      '<a esri:tag="t"/>',
      '<bind nodeset="/data/a" type="string" esri:fieldType="esriInteger"/>',
      '<input ref="/data/a" autoplay="audio" intent="org.app(n=/data/n)" accept="/data/n.pdf">',
    ],
  },
  'settings of clients': {
    source: {
      survey: [text('a', { constraint: '/data/a != ${a}' })],
      settings: {
        name: 'fiche',
        style: 'pages theme-grid',
        auto_send: 'true',
        auto_delete: 'true',
        instance_xmlns: 'https://example.org/x',
        'attribute::xml:lang': 'fr',
      },
    },
    has: [
      '<submission orx:auto-send="true" orx:auto-delete="true"/>',
      '<fiche xml:lang="fr" id="test-form" version=',
      ' xmlns="https://example.org/x">',
      '<h:body class="pages theme-grid">',
      '<bind nodeset="/fiche/a" type="string" constraint="/fiche/a != /fiche/a"/>',
    ],
  },
  'no address to send to but where the form came from': {
    source: {
      survey: [text('a')],
      settings: { submission_url: 'https://example.org/s', client_editable: 'yes' },
    },
    has: ['<submission odk:client-editable="true"/>'],
    lacks: ['example.org/s'],
  },
};

describe('writeXForm writes', () => {
  it.each(Object.entries(cases))('%s', (_, { source, has, lacks = [] }) => {
    const xml = xformOf(source);
    for (const part of has) expect(xml).toContain(part);
    for (const part of lacks) expect(xml).not.toContain(part);
  });

  it('the same text for the same form', () => {
    const { source } = cases['choices in several languages'] ?? { source: { survey: [] } };
    expect(writeXForm(modelOf(source))).toBe(writeXForm(modelOf(source)));
  });

  it('a node and a type for questions of every type', () => {
    const survey = questionTypes.map(({ type, choices }): Row => ({
      type: choices !== 'none' ? `${type} l` : type,
      name: type === 'audit' ? 'audit' : `q_${type.replaceAll('-', '_')}`,
      calculation: type === 'calculate' ? '1' : null,
    }));
    const xml = xformOf({ survey, choices: list('l', 'a', 'b') });
    for (const { name } of survey) {
      const bound = name === 'audit' ? 'orx:meta/orx:audit' : String(name);
      expect(xml).toMatch(new RegExp(`<bind nodeset="/data/${bound}" type="[a-zA-Z:]+"`));
    }
  });
});
