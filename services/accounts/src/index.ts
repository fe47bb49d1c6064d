export { type AccountsDeps, createAccounts } from './create-accounts.ts';
export { type AccountsOptions, startAccounts } from './start-accounts.ts';
