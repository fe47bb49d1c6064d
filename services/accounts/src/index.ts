export { type AccountsDeps, createAccounts } from './create-accounts.ts';
