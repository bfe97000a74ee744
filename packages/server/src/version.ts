/** The release this source belongs to; the same in every package.json. */
export const VERSION = "0.1.0";
