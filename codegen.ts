import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types for every operation of the web app, from the committed schema and the documents beside the components. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['web/src/**/*.graphql'],
  generates: {
    'web/src/lib/graphql/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        importExtension: '.ts',
        enumType: 'string-literal',
        scalars: { DateTime: 'string' },
        strictScalars: true,
        avoidOptionals: { field: true, inputValue: false },
      },
    },
  },
};

export default config;
