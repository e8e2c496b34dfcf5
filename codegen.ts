import type { CodegenConfig } from '@graphql-codegen/cli';

const config = {
  useTypeImports: true,
  importExtension: '.ts',
  enumType: 'string-literal',
  scalars: { DateTime: 'string' },
  strictScalars: true,
  avoidOptionals: { field: true, inputValue: false },
} as const;

/** Types for every operation of the web app and of the client, from the committed schema and their documents. */
const codegen: CodegenConfig = {
  schema: 'schema.graphql',
  generates: {
    'web/src/lib/graphql/generated/': {
      documents: ['web/src/**/*.graphql'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config,
    },
    // Plain text at run time: the client has no use for a parsed document.
    'client/src/generated/operations.ts': {
      documents: ['client/src/operations/*.graphql'],
      plugins: ['typescript-operations', 'typed-document-node'],
      config: { ...config, documentMode: 'string' },
    },
  },
};

export default codegen;
