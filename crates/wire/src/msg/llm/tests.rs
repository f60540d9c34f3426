use proptest::prelude::*;

use super::*;

const CAPABILITY: &str = concat!(
    r#"{"class":"graphics","permitted":true,"slots":2,"free":1,"waiting":3,"eta_ms":900,"#,
    r#""on_battery":false,"owner_busy":false,"models":[{"name":"llama3.2","#,
    r#""digest":"a80c4f17acd5","bytes":2019393189,"parameters":3212749888,"context":131072,"#,
    r#""chats":true,"embeds":false,"sees":false,"uses_tools":true,"thinks":false,"#,
    r#""resident":true,"continues":true,"leaves_lan":false,"#,
    r#""rates":{"prefill":900.5,"decode":61.25,"load_ms":1500}}]}"#,
);
const ASK: &str = r#"{"ask":{"number":7,"model":"llama3.2","prompt_tokens":120,"tokens":300}}"#;
const WITHDRAW: &str = r#"{"withdraw":{"number":7}}"#;
const GRANTED: &str = concat!(
    r#"{"number":7,"admission":{"granted":"#,
    r#"{"grant":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"}}}"#,
);
const BUSY: &str = r#"{"number":7,"admission":{"busy":{"ahead":2,"eta_ms":4000}}}"#;
const REFUSED: &str = r#"{"number":7,"admission":{"refused":{"why":"not_permitted"}}}"#;
const MODELS: &str = r#"{"models":{"number":9,"reason":"for the school paper"}}"#;
const WITHDRAWN: &str = r#"{"withdrawn":{"number":9}}"#;
const TODAY: &str = r#"{"number":9,"given":"until","until":1772406000000,"words":"not at night"}"#;
const NO: &str = r#"{"number":9,"given":"no","words":""}"#;

const ALL: [&str; 10] = [
    CAPABILITY, ASK, WITHDRAW, GRANTED, BUSY, REFUSED, MODELS, WITHDRAWN, TODAY, NO,
];

fn capability() -> Capability {
    Capability {
        class: Class::Graphics,
        permitted: true,
        slots: 2,
        free: 1,
        waiting: 3,
        eta_ms: 900,
        on_battery: false,
        owner_busy: false,
        models: vec![Offer {
            name: "llama3.2".to_owned(),
            digest: Some("a80c4f17acd5".to_owned()),
            bytes: 2_019_393_189,
            parameters: Some(3_212_749_888),
            context: 131_072,
            chats: true,
            embeds: false,
            sees: false,
            uses_tools: true,
            thinks: false,
            resident: true,
            continues: true,
            leaves_lan: false,
            rates: Some(Rates {
                prefill: 900.5,
                decode: 61.25,
                load_ms: 1500,
            }),
        }],
    }
}

fn answer(admission: Admission) -> AdmissionAnswer {
    AdmissionAnswer {
        number: 7,
        admission,
    }
}

fn words(text: &str) -> Words {
    Words::typed(text).unwrap()
}

fn text(frame: &Frame) -> &str {
    str::from_utf8(&frame.payload).unwrap()
}

#[test]
fn golden() {
    let frame = capability().to_frame();
    assert_eq!(
        (frame.marker, text(&frame)),
        (Marker::Capability, CAPABILITY)
    );
    assert_eq!(Capability::parse(CAPABILITY.as_bytes()), Ok(capability()));

    let ask = AdmissionRequest::Ask {
        number: 7,
        model: "llama3.2".to_owned(),
        prompt_tokens: 120,
        tokens: 300,
    };
    let withdraw = AdmissionRequest::Withdraw { number: 7 };
    for (request, golden) in [(ask, ASK), (withdraw, WITHDRAW)] {
        let frame = request.to_frame();
        assert_eq!(
            (frame.marker, text(&frame)),
            (Marker::AdmissionRequest, golden)
        );
        assert_eq!(AdmissionRequest::parse(golden.as_bytes()), Ok(request));
    }

    let granted = Admission::Granted {
        grant: Grant([10; 16]),
    };
    let busy = Admission::Busy {
        ahead: 2,
        eta_ms: 4000,
    };
    let refused = Admission::Refused {
        why: Refused::NotPermitted,
    };
    for (admission, golden) in [(granted, GRANTED), (busy, BUSY), (refused, REFUSED)] {
        let frame = answer(admission.clone()).to_frame();
        assert_eq!(
            (frame.marker, text(&frame)),
            (Marker::AdmissionResponse, golden)
        );
        assert_eq!(
            AdmissionAnswer::parse(golden.as_bytes()),
            Ok(answer(admission))
        );
    }

    let models = AccessRequest::Models {
        number: 9,
        reason: words("for the school paper"),
    };
    let withdrawn = AccessRequest::Withdrawn { number: 9 };
    for (request, golden) in [(models, MODELS), (withdrawn, WITHDRAWN)] {
        let frame = request.to_frame();
        assert_eq!(
            (frame.marker, text(&frame)),
            (Marker::AccessRequest, golden)
        );
        assert_eq!(AccessRequest::parse(golden.as_bytes()), Ok(request));
    }
    let today = AccessAnswer {
        number: 9,
        given: Given::Until,
        until: Some(1_772_406_000_000),
        words: words("not at night"),
    };
    let no = AccessAnswer {
        given: Given::No,
        until: None,
        words: Words::default(),
        ..today
    };
    for (answer, golden) in [(today, TODAY), (no, NO)] {
        let frame = answer.to_frame();
        assert_eq!(
            (frame.marker, text(&frame)),
            (Marker::AccessResponse, golden)
        );
        assert_eq!(AccessAnswer::parse(golden.as_bytes()), Ok(answer));
    }
}

#[test]
fn a_newer_build_may_say_more() {
    let more = CAPABILITY
        .replace(r#""graphics""#, r#""quantum""#)
        .replace(r#""chats""#, r#""sings":true,"chats""#);
    assert_eq!(
        Capability::parse(more.as_bytes()).unwrap().class,
        Class::Unknown
    );
    let reason = REFUSED.replace("not_permitted", "full_moon");
    let refused = Admission::Refused {
        why: Refused::Unknown,
    };
    assert_eq!(
        AdmissionAnswer::parse(reason.as_bytes()),
        Ok(answer(refused))
    );
    let given = NO.replace(r#""no""#, r#""on_sundays""#);
    assert_eq!(
        AccessAnswer::parse(given.as_bytes()).unwrap().given,
        Given::Unknown
    );
}

#[test]
fn what_could_not_be_shown_or_counted_is_refused() {
    let long = "x".repeat(257);
    for wrong in [
        CAPABILITY.replace("llama3.2", ""),
        CAPABILITY.replace("llama3.2", &long),
        CAPABILITY.replace("llama3.2", "llama\\u001b[31m"),
        CAPABILITY.replace("61.25", "-1.0"),
        CAPABILITY.replace("61.25", "0"),
        CAPABILITY.replace("61.25", "1e999"),
        CAPABILITY.replace(r#""free":1"#, r#""free":3"#),
    ] {
        assert!(Capability::parse(wrong.as_bytes()).is_err(), "{wrong}");
    }
    let mut crowded = capability();
    crowded.models = vec![capability().models.remove(0); MOST_MODELS + 1];
    assert!(Capability::parse(&crowded.to_frame().payload).is_err());
    crowded.models.pop();
    assert_eq!(Capability::parse(&crowded.to_frame().payload), Ok(crowded));

    for wrong in ["", &long, "a\\nb"] {
        let ask = ASK.replace("llama3.2", wrong);
        assert!(AdmissionRequest::parse(ask.as_bytes()).is_err(), "{ask}");
    }
    for wrong in ["00", "zz", &"0a".repeat(17)] {
        let granted = GRANTED.replace(&"0a".repeat(16), wrong);
        assert!(
            AdmissionAnswer::parse(granted.as_bytes()).is_err(),
            "{granted}"
        );
    }
    let breath = "é".repeat(Words::MOST_CHARS);
    let said = |words: &str| MODELS.replace("for the school paper", words);
    assert!(AccessRequest::parse(said(&breath).as_bytes()).is_ok());
    assert!(AccessRequest::parse(said(&format!("{breath}!")).as_bytes()).is_err());
    let answered = |words: &str| TODAY.replace("not at night", words);
    assert!(AccessAnswer::parse(answered(&breath).as_bytes()).is_ok());
    assert!(AccessAnswer::parse(answered("\\u0007").as_bytes()).is_err());
}

#[test]
fn what_somebody_typed_becomes_one_line() {
    let typed = Words::typed("  for the\n\tschool  paper ").unwrap();
    assert_eq!(typed.as_str(), "for the school paper");
    assert_eq!(Words::typed(" \n"), Ok(Words::default()));
    assert_eq!(Words::typed("bell \u{7}"), Err(NotWords));
    assert_eq!(Words::typed(&"x".repeat(301)), Err(NotWords));
}

#[test]
fn a_long_message_is_not_looked_at() {
    let padded = |text: &str| format!("{text}{}", " ".repeat(256 * 1024));
    assert!(Capability::parse(padded(CAPABILITY).as_bytes()).is_err());
    assert!(AdmissionRequest::parse(padded(ASK).as_bytes()).is_err());
    assert!(AdmissionAnswer::parse(padded(BUSY).as_bytes()).is_err());
    assert!(AccessRequest::parse(padded(MODELS).as_bytes()).is_err());
    assert!(AccessAnswer::parse(padded(TODAY).as_bytes()).is_err());
}

#[test]
fn a_grant_is_shown_to_nobody() {
    let grant = Grant([10; 16]);
    assert_eq!(format!("{grant:?}"), "Grant(secret)");
    assert_eq!(Grant::from_text(&grant.text()), Some(grant));
    assert_eq!(Grant::from_text("0A"), None);
}

/// Whatever it is, it is understood or refused.
fn read_all(bytes: &[u8]) {
    let _ = Capability::parse(bytes);
    let _ = AdmissionRequest::parse(bytes);
    let _ = AdmissionAnswer::parse(bytes);
    let _ = AccessRequest::parse(bytes);
    let _ = AccessAnswer::parse(bytes);
}

proptest! {
    #[test]
    fn perturbed_bytes_never_panic(
        wounds in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        for golden in ALL {
            let mut bytes = golden.as_bytes().to_vec();
            for (place, value) in &wounds {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            read_all(&bytes);
        }
    }

    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes);
    }
}
