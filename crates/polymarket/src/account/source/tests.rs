use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use super::*;

const DEVELOPMENT: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/// The example of the format's own description with 1,024 rounds instead of 262,144, which take a
/// minute in a debug build; its password is `testpassword`. Computed apart from our code.
const EXAMPLE: &str = r#"{"crypto":{"cipher":"aes-128-ctr",
    "cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
    "ciphertext":"222e3de58e99185cba113c17eb5f7dda1cc32d677c070b033fb5b09731be6512","kdf":"pbkdf2",
    "kdfparams":{"c":1024,"dklen":32,"prf":"hmac-sha256",
    "salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
    "mac":"8ee796d41a19c45aeeb40f06b3b691494397173041d116c0b01e1b547a73bb7d"},
    "id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}"#;
const EXAMPLE_KEY: &str = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

fn file(folder: &TempDir, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    path
}

fn address(text: &str) -> ethers_core::types::Address {
    PrivateKey::parse(text).unwrap().address()
}

fn nothing(_: &str) -> Option<String> {
    None
}

#[test]
fn a_key_comes_from_a_variable_or_from_a_file_of_its_owner() {
    let variable = KeySource::Environment("KEY".to_owned());
    let key = variable.load_from(|name| (name == "KEY").then(|| DEVELOPMENT.to_owned())).unwrap();
    assert_eq!(key.address(), address(DEVELOPMENT));
    assert!(
        matches!(variable.load_from(nothing), Err(KeyError::VariableMissing(name)) if name == "KEY")
    );

    let folder = TempDir::new().unwrap();
    for mode in [0o600, 0o400] {
        let path = file(&folder, &format!("{mode}"), &format!("0x{DEVELOPMENT}\n"), mode);
        assert_eq!(KeySource::File(path).load().unwrap().address(), address(DEVELOPMENT));
    }
}

#[test]
fn a_key_file_that_others_can_read_is_refused_with_the_remedy() {
    let folder = TempDir::new().unwrap();
    for mode in [0o640, 0o604, 0o644, 0o620, 0o666] {
        let path = file(&folder, &format!("{mode}"), DEVELOPMENT, mode);
        let error = KeySource::File(path.clone()).load().unwrap_err();
        assert!(matches!(error, KeyError::OpenToOthers { mode: seen, .. } if seen == mode));
        assert!(error.to_string().contains("chmod 600"), "{error}");
        let keystore =
            KeySource::Keystore { path, password: PasswordSource::Environment("P".into()) };
        assert!(matches!(keystore.load(), Err(KeyError::OpenToOthers { .. })));
    }
}

#[test]
fn a_credential_of_the_service_manager_may_show_the_group_that_an_access_list_makes() {
    let folder = TempDir::new().unwrap();
    let at = |place: &std::path::Path| {
        let place = place.display().to_string();
        move |name: &str| (name == "CREDENTIALS_DIRECTORY").then(|| place.clone())
    };
    let handed = KeySource::File(file(&folder, "handed", DEVELOPMENT, 0o440));
    let key = handed.load_from(at(folder.path())).unwrap();
    assert_eq!(key.address(), address(DEVELOPMENT));
    let elsewhere = TempDir::new().unwrap();
    let refused = handed.load_from(at(elsewhere.path()));
    assert!(matches!(refused, Err(KeyError::OpenToOthers { .. })));
    for mode in [0o460, 0o444] {
        let open = KeySource::File(file(&folder, &format!("{mode:o}"), DEVELOPMENT, mode));
        let refused = open.load_from(at(folder.path()));
        assert!(matches!(refused, Err(KeyError::OpenToOthers { .. })), "{mode:o}");
    }
}

#[test]
fn what_is_not_a_small_file_is_refused_and_no_error_repeats_a_secret() {
    let folder = TempDir::new().unwrap();
    let source = KeySource::File(folder.path().to_owned());
    assert!(matches!(source.load(), Err(KeyError::NotAFile { .. })));
    let large = file(&folder, "large", &"0".repeat(FILE_BYTES_MAX as usize + 1), 0o600);
    assert!(matches!(KeySource::File(large).load(), Err(KeyError::NotAFile { .. })));
    let missing = KeySource::File(folder.path().join("missing"));
    assert!(matches!(missing.load(), Err(KeyError::Unreadable { .. })));

    let half = &DEVELOPMENT[..40];
    let error = KeySource::File(file(&folder, "half", half, 0o600)).load().unwrap_err();
    assert!(matches!(error, KeyError::Format { error: KeyFormatError::NotHex, .. }));
    assert!(!format!("{error} {error:?}").contains(half));
}

#[test]
fn the_example_of_the_encrypted_format_opens_with_its_password_only() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "keystore", EXAMPLE, 0o600);
    let password = file(&folder, "password", "testpassword\n", 0o600);
    let from_file =
        KeySource::Keystore { path: path.clone(), password: PasswordSource::File(password) };
    assert_eq!(from_file.load().unwrap().address(), address(EXAMPLE_KEY));

    let from_variable =
        KeySource::Keystore { path, password: PasswordSource::Environment("P".into()) };
    let wrong = from_variable.load_from(|_| Some("wrong-password".to_owned())).unwrap_err();
    assert!(matches!(wrong, KeyError::Keystore { error: KeystoreError::Password, .. }), "{wrong}");
    assert!(!format!("{wrong} {wrong:?}").contains("wrong-password"));
}

#[test]
fn an_encrypted_file_written_by_a_wallet_opens() {
    let folder = TempDir::new().unwrap();
    let secret = hex::decode(DEVELOPMENT).unwrap();
    let mut random = ethers_core::rand::thread_rng();
    let folder_path = folder.path();
    ethers_signers::LocalWallet::encrypt_keystore(folder_path, &mut random, secret, "p", Some("k"))
        .unwrap();
    let path = folder_path.join("k");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let source = KeySource::Keystore { path, password: PasswordSource::Environment("P".into()) };
    let key = source.load_from(|_| Some("p".to_owned())).unwrap();
    assert_eq!(key.address(), address(DEVELOPMENT));
}

#[test]
fn an_encrypted_file_with_hostile_figures_is_refused_before_it_costs_anything() {
    let folder = TempDir::new().unwrap();
    let cases = [
        ("\"dklen\":32", "\"dklen\":8", "dklen"),
        ("\"c\":1024", "\"c\":99999999999", "kdfparams"),
        ("6087dab2f9fdbbfaddc31a909735c1e6", "6087", "iv"),
        ("222e3de5", "", "ciphertext"),
        ("\"version\":3", "\"version\":1", "version"),
        ("aes-128-ctr", "rot13", "cipher"),
        (
            "\"kdf\":\"pbkdf2\",\n    \"kdfparams\":{",
            "\"kdf\":\"scrypt\",\"kdfparams\":{\"n\":1073741824,\"r\":8,\"p\":1,",
            "kdfparams",
        ),
    ];
    for (from, to, field) in cases {
        let text = EXAMPLE.replace(from, to);
        assert_ne!(text, EXAMPLE, "{field}");
        let path = file(&folder, "hostile", &text, 0o600);
        let source =
            KeySource::Keystore { path, password: PasswordSource::Environment("P".into()) };
        let error = source.load_from(|_| Some("testpassword".to_owned())).unwrap_err();
        let KeyError::Keystore { error, .. } = error else { panic!("{error}") };
        assert_eq!(error, KeystoreError::Field(field));
    }
}
