export { claimCode, type TwoStepUser } from './claim-code.ts';
export { renewRecoveryCodes } from './recovery-codes.ts';
export { findTotpStep, newTotpSecret, otpauthUrl } from './totp.ts';
export { openTotpSecret, sealTotpSecret } from './totp-secret.ts';
export { clearTwoStep, confirmTotpSecret, loadTwoStep, setTotpSecret, type TwoStepState } from './two-step-repository.ts';
