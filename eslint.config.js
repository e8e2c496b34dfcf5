import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** Feature folders, each of which may import from those before it. */
const DOMAIN = [
  'audit',
  'settings',
  'account',
  'room',
  'direct',
  'message',
  'moderation',
  'search',
  'read',
  'presence',
  'upload',
  'notification',
  'about',
  'statistics',
  'data',
  'admin',
];

/**
 * No imports of values along these paths; types may be named from anywhere.
 * @param {string[][]} patterns each a regular expression and why
 * @returns {import('eslint').Linter.RulesRecord}
 */
const forbid = (...patterns) => ({
  '@typescript-eslint/no-restricted-imports': [
    'error',
    { patterns: patterns.map(([regex, message]) => ({ regex, message, allowTypeImports: true })) },
  ],
});

/** Faults within one process, and what they are made of: they take parts of the server by themselves. */
const IN_PROCESS = [
  'in-process',
  'interleavings',
  'model-room',
  'reconnection',
  'removal',
  'restored-database',
  'shared-execution',
];

const GRAPHQL = [
  '^(graphql|graphql-yoga|graphql-ws|@pothos/.*)(/.*)?$',
  'Only schema.ts knows GraphQL.',
];
const UPWARDS = [
  '/(main|server|socket|files|yoga|schema|builder|context)\\.ts$',
  'Imports point downwards.',
];
const DOMAIN_BELOW = [
  `^\\.\\./(${DOMAIN.join('|')})/`,
  'What lies below the domain does not know it.',
];

export default ts.config(
  {
    ignores: [
      'node_modules',
      'api/generated',
      'web/src/lib/graphql/generated',
      'client/src/generated',
      'client/dist',
      'web/.svelte-kit',
      'web/build',
      'data',
      '.cache',
    ],
  },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  svelte.configs.prettier,
  {
    languageOptions: { globals: globals.node },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
    },
  },
  {
    // Answers of operations that no code was generated for.
    files: ['**/*.test.ts', 'api/test/**'],
    rules: { '@typescript-eslint/no-explicit-any': 'off' },
  },
  {
    files: ['web/**'],
    languageOptions: { globals: globals.browser },
    rules: {
      ...forbid(
        ['/api/(?!test/)', 'The web app reaches the server through its API only.'],
        ['@prisma|generated/prisma', 'The web app reaches the server through its API only.'],
      ),
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['web/**/*.svelte', 'web/**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      'no-undef': 'off',
      'svelte/no-at-html-tags': 'error',
      // A Date or Map that is not state need not be reactive.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['client/**'],
    languageOptions: { globals: globals['shared-node-browser'] },
    rules: forbid(
      ['/api/(?!test/)', 'The client reaches the server through its API only.'],
      ['/(web|bench)/', 'The client stands by itself.'],
    ),
  },
  {
    files: ['client/src/**'],
    ignores: ['**/*.test.ts'],
    rules: forbid(
      ['^\\.\\./', 'What is published stands by itself.'],
      ['^node:', 'The client also runs in browsers.'],
    ),
  },
  {
    // What a message says is read by the API and the web app alike.
    files: ['text/**'],
    languageOptions: { globals: globals['shared-node-browser'] },
    rules: forbid(
      ['/(api|web|client|bench)/', 'The reading of text stands by itself.'],
      ['^node:', 'Text is also read in browsers.'],
    ),
  },
  {
    files: ['bench/**', 'faults/**'],
    ignores: IN_PROCESS.map((name) => `faults/${name}.ts`),
    rules: forbid(['/api/(?!test/)', 'What measures reaches the server through its API only.']),
  },
  // The domain: no GraphQL, nothing above, and other features only to the left.
  ...DOMAIN.map((name, index) => ({
    files: [`api/${name}/**/*.ts`],
    ignores: ['**/*schema.ts', '**/*.test.ts'],
    rules: forbid(
      GRAPHQL,
      UPWARDS,
      ...DOMAIN.slice(index + 1).map((later) => [
        `^\\.\\./${later}/`,
        `${name} comes before ${later}: import leftwards only.`,
      ]),
    ),
  })),
  // A feature's schema may import schemas, of features to the left as well.
  ...DOMAIN.map((name, index) => ({
    files: [`api/${name}/*schema.ts`],
    rules: forbid(
      ['/(main|server|socket|yoga)\\.ts$', 'Imports point downwards.'],
      ['^\\.\\./schema\\.ts$', 'The schema imports its parts.'],
      ...DOMAIN.slice(index + 1).map((later) => [
        `^\\.\\./${later}/`,
        `${name} comes before ${later}: import leftwards only.`,
      ]),
    ),
  })),
  {
    files: [
      'api/live/**/*.ts',
      'api/postgres/**/*.ts',
      'api/{access,db,errors,input,jobs,limits,log,migrate,outbound,page,redis,viewer,visibility}.ts',
    ],
    ignores: ['**/*.test.ts'],
    rules: forbid(GRAPHQL, UPWARDS, DOMAIN_BELOW),
  },
  {
    files: ['**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Only config.ts is given the environment, by main.ts.',
        },
      ],
    },
    ignores: [
      'api/main.ts',
      'api/server.ts',
      'scripts/**',
      'bench/**',
      '**/test/**',
      '**/*.test.ts',
      'web/vite.config.ts',
      'web/e2e/**',
      '*.ts',
      'api/postgres/programs.ts',
    ],
  },
);
