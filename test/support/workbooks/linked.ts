import { formula, relation, type TestWorkbook } from '../workbook-file.ts';

const spreadsheet = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A form in a workbook that has been through many hands: links, hidden sheets, notes, a macro. */
export const linked: TestWorkbook = {
  sheets: [
    {
      name: 'survey',
      rows: [
        ['type', 'name', 'label', 'hint'],
        ['text', 'nom', 'Nom', null],
        ['select_one region', 'region', 'Région', 'D’après https://example.org'],
        ['note', 'total', formula('[1]Budget!$B$4&" F"', '1500 F'), null],
      ],
      before: '<cols><col min="1" max="4" width="30" customWidth="1"/></cols>',
      after:
        '<autoFilter ref="A1:D4"/><mergeCells count="1"><mergeCell ref="C4:D4"/></mergeCells><dataValidations count="1"><dataValidation type="list" sqref="A2:A99"><formula1>types!$A$1:$A$9</formula1></dataValidation></dataValidations><hyperlinks><hyperlink ref="D3" r:id="rId1"/></hyperlinks>',
      relations:
        relation('rId1', 'hyperlink', 'https://example.org/regions', 'External') +
        relation('rId2', 'comments', '../comments1.xml'),
    },
    {
      name: 'choices',
      rows: [
        ['list_name', 'name', 'label'],
        ['region', 'dakar', formula('VLOOKUP("dakar",[1]Regions!A:B,2,0)', 'Dakar')],
        ['region', 'kolda', 'Kolda'],
      ],
      state: 'hidden',
    },
    { name: 'types', rows: [['text'], ['integer']], state: 'veryHidden' },
  ],
  relations:
    relation('rIdLink', 'externalLink', 'externalLinks/externalLink1.xml') +
    '<Relationship Id="rIdMacro" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>',
  contentTypes:
    '<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"/><Override PartName="/xl/comments1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"/><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>',
  parts: new Map([
    [
      'xl/externalLinks/externalLink1.xml',
      `<externalLink xmlns="${spreadsheet}"><externalBook xmlns:r="${office}" r:id="rId1"/></externalLink>`,
    ],
    [
      'xl/externalLinks/_rels/externalLink1.xml.rels',
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${relation('rId1', 'externalLinkPath', 'file:///C:/Bureau/budget.xlsx', 'External')}</Relationships>`,
    ],
    [
      'xl/comments1.xml',
      `<comments xmlns="${spreadsheet}"><authors><author/></authors><commentList><comment ref="B2" authorId="0"><text><t>Un nom court</t></text></comment></commentList></comments>`,
    ],
    ['xl/vbaProject.bin', 'Sub Workbook_Open()'],
  ]),
};
