//! How seldom chance alone makes a difference as large as the one seen.

/// The probability that a chi-square variable of `degrees` degrees of freedom exceeds `statistic`: `Q(degrees/2, statistic/2)`, the
/// regularised upper incomplete gamma function. 1 where there is nothing to exceed.
///
/// By its series below `a + 1` and by its continued fraction above (W. H. Press et al., "Numerical Recipes", 3rd edition, § 6.2; NIST
/// DLMF 8.11.4 and 8.9.2). `a` is a multiple of one half, so that `Γ(a)` follows from `Γ(1/2) = √π` and `Γ(1) = 1` by
/// `Γ(a + 1) = a Γ(a)`.
pub fn p_value(statistic: f64, degrees: u32) -> f64 {
    if degrees == 0 || statistic.is_nan() || statistic <= 0.0 {
        return 1.0;
    }
    let (a, x) = (f64::from(degrees) / 2.0, statistic / 2.0);
    // x^a e^−x / Γ(a), as a logarithm: it is small where p is.
    let scale = (a * x.ln() - x - ln_gamma_of_halves(degrees)).exp();
    if x < a + 1.0 { 1.0 - scale * series(a, x) } else { scale * fraction(a, x) }
}

/// `ln Γ(halves / 2)`.
fn ln_gamma_of_halves(halves: u32) -> f64 {
    let (mut a, mut sum) = if halves % 2 == 1 { (0.5, std::f64::consts::PI.sqrt().ln()) } else { (1.0, 0.0) };
    while a + 0.5 < f64::from(halves) / 2.0 {
        sum += f64::ln(a);
        a += 1.0;
    }
    sum
}

/// `Σ xⁿ / (a (a+1) … (a+n))`.
fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
    for _ in 0..MOST_STEPS {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term < sum * f64::EPSILON {
            break;
        }
    }
    sum
}

/// `1/(x+1−a− 1(1−a)/(x+3−a− …))`, from the front (Lentz's method).
fn fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / f64::MIN_POSITIVE, 1.0 / b);
    let mut product = d;
    for step in 1..MOST_STEPS {
        let n = f64::from(step);
        let numerator = -n * (n - a);
        b += 2.0;
        let near = |value: f64| if value.abs() < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { value };
        d = 1.0 / near(numerator * d + b);
        c = near(b + numerator / c);
        product *= d * c;
        if (d * c - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    product
}

/// Both settle long before.
const MOST_STEPS: u32 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// Upper critical values of the NIST/SEMATECH e-Handbook of Statistical Methods, § 1.3.6.7.4.
    #[test]
    fn as_published() {
        let rows = [
            (1, 2.706, 0.10),
            (1, 3.841, 0.05),
            (1, 6.635, 0.01),
            (1, 10.828, 0.001),
            (2, 5.991, 0.05),
            (2, 13.816, 0.001),
            (3, 7.815, 0.05),
            (3, 16.266, 0.001),
            (4, 9.488, 0.05),
            (5, 20.515, 0.001),
            (10, 18.307, 0.05),
            (30, 43.773, 0.05),
            (100, 124.342, 0.05),
        ];
        for (degrees, statistic, expected) in rows {
            let found = p_value(statistic, degrees);
            assert!((found / expected - 1.0).abs() < 0.002, "{degrees}, {statistic}: {found}");
        }
    }

    /// Two degrees of freedom have a closed form: `e^(−x/2)`.
    #[test]
    fn two_degrees_are_exact() {
        for statistic in [0.01, 0.5, 1.0, 3.9, 4.0, 4.1, 10.0, 50.0, 300.0] {
            let (found, exact) = (p_value(statistic, 2), f64::exp(-statistic / 2.0));
            assert!((found / exact - 1.0).abs() < 1e-12, "{statistic}: {found} {exact}");
        }
    }

    #[test]
    fn nothing_is_no_surprise() {
        for (statistic, degrees) in [(0.0, 1), (-1.0, 1), (f64::NAN, 1), (5.0, 0)] {
            assert_eq!(p_value(statistic, degrees), 1.0);
        }
    }
}
