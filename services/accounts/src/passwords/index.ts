export { givenPasswordSchema, newPasswordSchema } from './password-schema.ts';
export { createPasswords, type Passwords } from './passwords.ts';
