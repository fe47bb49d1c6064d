import Joi from 'joi';

// Control characters, line separators, and halves of characters, which no encoding can hold.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * A line of text in any script, as people read it: no control characters, no halves of characters.
 * @param maxCharacters in UTF-16 units, as databases and clients count
 */
export function textSchema(maxCharacters: number): Joi.StringSchema<string> {
  return Joi.string<string>()
    .max(maxCharacters)
    .custom((text: string, helpers) => (UNPRINTABLE.test(text) ? helpers.message({ custom: 'must not hold control characters' }) : text));
}

/**
 * A text that guests type on a device and that RADIUS carries: as {@link textSchema}, without spaces at its ends.
 * @param maxBytes in UTF-8: an attribute of RADIUS holds 253 (RFC 2865 §5), a PAP password 128 (§5.2)
 */
export function typedTextSchema(maxCharacters: number, maxBytes: number): Joi.StringSchema<string> {
  return textSchema(maxCharacters).custom((text: string, helpers) => {
    if (text.trim() !== text) return helpers.message({ custom: 'must not begin or end with a space' });
    return Buffer.byteLength(text) > maxBytes ? helpers.message({ custom: `must be at most ${maxBytes} bytes long` }) : text;
  });
}
