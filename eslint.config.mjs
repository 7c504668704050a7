import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'build/**', 'node_modules/**', '.tsbuild/**', '**/*.mjs', '**/*.mts'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: 'tsconfig.lint.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/max-params': ['error', { max: 4 }],
      'no-warning-comments': 'error',
      // The host's bundle holds what its schemas need and no more.
      'no-restricted-imports': ['error', { name: 'zod', message: "Import from 'zod/mini'." }],
    },
  },
);
