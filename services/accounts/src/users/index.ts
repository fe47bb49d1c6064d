export {
  amountSchema,
  countSchema,
  emailSchema,
  languageSchema,
  lineSchema,
  nameSchema,
  timeSchema,
  timezoneSchema,
} from './user-schemas.ts';
export {
  deleteUser,
  getUser,
  insertUser,
  listUsers,
  type UserColumns,
  type UserFilter,
  type UserRow,
  updateUser,
} from './users-repository.ts';
