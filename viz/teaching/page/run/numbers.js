// Numbers as text, as the library writes them: C's "%.<digits>g", halves to the even digit.
const SHOWN_DIGITS = 4, ALL_DIGITS = 7;

// The digits of |x| and its decimal exponent, rounded to so many significant digits.
function roundedDigits(x, digits) {
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  // toExponential takes ties away from zero: one step back if that digit became odd.
  const [exact, exactExponent] = x.toExponential(100).split("e"), all = exact.replace(".", "");
  if (/^50*$/.test(all.slice(digits)) && Number(mantissa.at(-1)) % 2 === 1) return [all.slice(0, digits), Number(exactExponent)];
  return [mantissa.replace(".", ""), Number(exponent)];
}

function numberText(value, digits = SHOWN_DIGITS) {
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "bigint") return value.toString();
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (value === 0) return sign + "0";
  const [all, exponent] = roundedDigits(Math.abs(value), digits);
  const kept = all.replace(/0+$/, "");
  if (exponent < -4 || exponent >= digits) {
    const mantissa = kept.length > 1 ? kept[0] + "." + kept.slice(1) : kept;
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return sign + mantissa + "e" + (exponent < 0 ? "-" : "+") + power;
  }
  if (exponent < 0) return sign + "0." + "0".repeat(-exponent - 1) + kept;
  const whole = all.slice(0, exponent + 1);
  const fraction = all.slice(exponent + 1).replace(/0+$/, "");
  return sign + whole + (fraction ? "." + fraction : "");
}

function shapeText(shape) {
  return "[" + shape.join(", ") + "]";
}

const counted = (n) => Array.from({ length: n }, (_, i) => i);
