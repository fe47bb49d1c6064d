/** The ways in which a venue lets guests sign in without a voucher. */
export const SIGN_IN_METHODS = ['email', 'mobile', 'facebook', 'free'] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

/** One venue, with the switches that the operator sets. */
export interface Site {
  readonly id: number;
  readonly name: string;
  /** IANA name; times in the voucher API are on its clocks. */
  readonly timezone: string;
  /** The cloud host's name, 10 hex digits. */
  readonly slug: string;
  readonly apiEnabled: boolean;
  readonly postEnabled: boolean;
  readonly getEnabled: boolean;
  /** Whether GET is taken at the cloud host too. */
  readonly cloudGetEnabled: boolean;
  readonly getAllowedCidrs: readonly string[];
  /** The preset of `valid_for`. */
  readonly defaultValidFor: string;
  readonly signInMethods: readonly string[];
  readonly bindMac: boolean;
  readonly devicesPerVoucher: number;
  /** Null: nothing is deleted. */
  readonly retentionDays: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What an operator may change of a site. */
export type SitePatch = Partial<Omit<Site, 'id' | 'slug' | 'createdAt' | 'updatedAt'>>;
