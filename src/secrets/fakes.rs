//! Samples that documents print and emulators are born with: tokens of the right shape that open nothing.
//!
//! Kept as the first eight bytes of their SHA-256, so that no scanner, ours included, stumbles over this file.

use sha2::{Digest as _, Sha256};

const KNOWN: [u64; 47] = [
    // Google Authenticator, the secret in the examples of its key URI format.
    0x8be5_d113_c087_1ce1,
    // NATS documentation, the user seed of its examples.
    0xf70c_753f_3bef_33a1,
    // age-keygen(1), its post-quantum identity.
    0x2b03_1de1_2205_fb01,
    // AWS documentation, the key id and secret of its examples.
    0x1a5d_44a2_dca1_9669,
    0x7831_4b11_be2e_5815,
    // Azure Storage emulator and Azurite, their well-known account key.
    0x0011_cc25_eb43_2071,
    // Azure Cosmos DB emulator, its well-known account key.
    0xaa65_4743_9583_c3a2,
    // Stripe API reference, the test keys that it shows to everybody.
    0x2caf_c097_0149_a84f,
    0xf2d6_ca16_5150_33e5,
    0x7e8d_e44e_a9ec_f6d5,
    // GitHub REST documentation, sample tokens.
    0x3543_c50b_0cb9_cea8,
    0xbc3a_e723_f57c_6b9e,
    0x82e7_4299_544e_0073,
    0x797c_0ce4_1458_6cc8,
    0x8600_7eb3_6769_6d32,
    // jwt.io, the samples that it opens with.
    0x7f75_367e_7881_2551,
    0xc794_fa6d_20c6_4efb,
    // RFC 7515, appendix A.1.
    0x8d4e_f653_6dc8_895f,
    // Supabase, keys of the local stack that its command line starts.
    0xbf17_25a8_f98b_ea37,
    0x7054_1e07_fd4f_900b,
    // Google reCAPTCHA FAQ, keys for automated tests.
    0x03b9_70ed_8171_d73b,
    0xf5e9_5c99_5463_5b65,
    // Hardhat and Anvil, the first two accounts of a local network.
    0xbc1a_5096_6c9e_6486,
    0x60a0_9e43_5786_8c1e,
    0x8335_c553_3482_1eef,
    0x0951_01cf_732c_298a,
    // MinIO, the play server that everybody may use.
    0x1bbb_9293_c38a_cc5e,
    0xdf45_2eef_23e8_cf2c,
    // HTTP's own sample of Basic authentication, RFC 7617.
    0xcf4d_418e_d3de_92d7,
    // RFC 5849, 6749 and 6750: the tokens and secrets that their examples pass around.
    0x2ff8_b0fb_93ac_a981,
    0x6c96_130f_130a_b0d6,
    0x00cf_4c78_1dc3_7003,
    0xa71b_359a_87af_de13,
    0x9d03_b692_e941_d5ac,
    0xbb9b_1163_338b_2a51,
    0x649e_1f5c_769e_718b,
    0x4c20_e6f5_cc11_b937,
    0x6aa1_4267_d949_44e6,
    0xcb87_c87e_4a13_8d9a,
    0x2932_57ab_6495_ebb1,
    0xa35b_81a7_d792_7b70,
    0xb8e1_4854_5b13_c78b,
    0xca74_59e2_b267_76de,
    0x53f5_da0a_aa93_d64c,
    0xe997_4c50_7d2a_8021,
    // OpenID Connect Core, the tokens that its examples pass around.
    0xad71_fb41_6553_6675,
    0x9e30_9ccc_d311_ea64,
];

/// Whether everybody knows this value.
pub(super) fn is_known(value: &[u8]) -> bool {
    let hash: [u8; 32] = Sha256::digest(value).into();
    hash.first_chunk().is_some_and(|first| KNOWN.contains(&u64::from_be_bytes(*first)))
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn samples_of_documents_are_known() {
        let stripe = ["sk", "test", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");
        let aws = ["AKIA", "IOSFODNN7", "EXAMPLE"].concat();
        assert!(is_known(stripe.as_bytes()) && is_known(aws.as_bytes()));
        assert!(!is_known(b"sk_test_") && !is_known(b""));
    }
}
