//! What a secret shows, and what it leaves behind.

use super::*;

#[test]
fn a_secret_is_not_printed() {
    assert_eq!(format!("{:?}", Some(Secret::from("hunter2"))), "Some(***)");
    assert_eq!(format!("{:?}", Secret::from("hunter2").header()), "Some(Sensitive)");
    assert_eq!(format!("{:?}", Secret::from("hunter2").basic("ann")), "Sensitive");
}

#[test]
fn basic_authentication_is_user_and_password() {
    let value = Secret::from("open sesame").basic("Aladdin");
    assert_eq!(value.to_str().unwrap(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

#[test]
fn no_header_holds_a_line_break() {
    assert_eq!(Secret::from("a\r\nb: c").header(), None);
}

/// The memory of this process, which the system lets it read as a file.
#[cfg(target_os = "linux")]
mod memory {
    use std::fs::File;
    use std::os::unix::fs::FileExt as _;

    use super::*;

    /// Longer than what an allocator writes into what it gets back, shorter than what it returns to
    /// the system.
    const LENGTH: usize = 4096;
    const CANARY: &str = "canary-7c1e5f02b9d84a36";

    fn canary() -> String {
        let mut text = String::with_capacity(LENGTH);
        while text.len() + CANARY.len() <= LENGTH {
            text.push_str(CANARY);
        }
        text
    }

    /// Whether the canary can be read there.
    fn is_at(address: usize) -> bool {
        let mut found = vec![0; LENGTH];
        let memory = File::open("/proc/self/mem").unwrap();
        // What is not there any more cannot be read, and holds no secret.
        let read = memory.read_at(&mut found, address as u64);
        read.is_ok() && found.windows(CANARY.len()).any(|it| it == CANARY.as_bytes())
    }

    #[test]
    fn what_is_in_memory_is_found() {
        let text = canary();
        assert!(is_at(text.as_ptr().addr()));
    }

    #[test]
    fn the_last_clone_of_a_secret_wipes_it() {
        let secret = Secret::from(canary());
        let address = secret.reveal().as_ptr().addr();
        let clone = secret.clone();
        drop(secret);
        assert!(is_at(address), "somebody has it still");
        drop(clone);
        assert!(!is_at(address));
    }

    #[test]
    fn a_header_with_a_secret_is_wiped() {
        let value = Secret::from(canary()).header().unwrap();
        let address = value.as_bytes().as_ptr().addr();
        let clone = value.clone();
        drop(value);
        assert!(is_at(address), "somebody has it still");
        drop(clone);
        assert!(!is_at(address));
    }

    #[test]
    fn the_body_of_a_request_is_wiped() {
        let request = crate::Request::post("/x").json(&canary());
        let address = request.body.as_ptr().addr();
        assert!(is_at(address));
        drop(request);
        assert!(!is_at(address));
    }
}
