//! A hash that never changes: the places it chooses are kept by servers and states.

/// 64 well mixed bits of a name, and of a number where one name needs several.
pub(crate) fn hash(name: &str, index: usize) -> u64 {
    let seed = fnv1a(name.as_bytes(), 0xcbf2_9ce4_8422_2325);
    mix(if index == 0 { seed } else { fnv1a(&(index as u64).to_be_bytes(), seed) })
}

/// A place below a limit.
pub(crate) fn slot(name: &str, limit: u32) -> u32 {
    // The high half of a product spreads over the limit without bias worth naming.
    let product = u128::from(hash(name, 0)) * u128::from(limit);
    u32::try_from(product >> 64).expect("it is below the limit")
}

/// FNV-1a, 64 bits.
fn fnv1a(bytes: &[u8], seed: u64) -> u64 {
    bytes
        .iter()
        .fold(seed, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// The finalizer of `MurmurHash3`: every bit of the input reaches every bit of the output.
pub(crate) fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    bits ^ (bits >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_stay_below_their_limit_and_reach_it() {
        let slots: Vec<u32> = (0..1_000).map(|i| slot(&format!("name-{i}"), 10)).collect();
        assert_eq!((slots.iter().min(), slots.iter().max()), (Some(&0), Some(&9)));
    }

    #[test]
    fn a_name_has_many_hashes() {
        assert_ne!(hash("banking", 0), hash("banking", 1));
        assert_ne!(hash("banking", 0), hash("bankinh", 0));
    }
}
