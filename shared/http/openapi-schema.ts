import * as z from 'zod';

export type Json = Record<string, unknown>;

/** zod's JSON Schema, less what says nothing to a reader: bounds of doubles, patterns of formats. */
export function schemaOf(type: z.ZodType, io: 'input' | 'output'): Json {
  const schema: Json = {
    ...z.toJSONSchema(type, {
      io,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => {
        if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
        // Fields may be added to answers.
        const others = JSON.stringify(jsonSchema.additionalProperties);
        if (io === 'output' && (others === 'false' || others === '{}')) {
          delete jsonSchema.additionalProperties;
        }
      },
    }),
  };
  delete schema['$schema'];
  return schema;
}

/** Names and schemas of the members of an object schema. */
export function membersOf(type: z.ZodType): { name: string; required: boolean; schema: unknown }[] {
  const { properties, required } = schemaOf(type, 'input');
  const names = z.array(z.string()).default([]).parse(required);
  const members = z.record(z.string(), z.unknown()).default({}).parse(properties);
  return Object.entries(members).map(([name, schema]) => ({
    name,
    required: names.includes(name),
    schema,
  }));
}
