//! Counts how many connections can be proven in a second, both ends on one
//! thread, beside what the signatures and key agreements in them would allow.
//! Says both in one line of JSON.
#![expect(clippy::print_stdout, reason = "the line with the result")]

use std::{
    env,
    error::Error,
    hint::black_box,
    time::{Duration, Instant},
};

use mesh::{Identity, KeyringChoice, tls::Tls};
use ring::{
    agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral},
    error::Unspecified,
    rand::SystemRandom,
    signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey as VerifyingKey},
};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

/// Both are measured by turns, so that what else the machine does falls on both.
const TURNS: u32 = 10;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let seconds: u32 = env::args().nth(1).as_deref().unwrap_or("5").parse()?;
    let turn = Duration::from_secs(seconds.into()) / (2 * TURNS);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let pair = runtime.block_on(Pair::new())?;
    let arithmetic = Arithmetic::new()?;
    let (mut shaken, mut reckoned) = (Rate::default(), Rate::default());
    for _ in 0..TURNS {
        shaken.count(turn, || runtime.block_on(pair.shake_hands()))?;
        reckoned.count(turn, || Ok(arithmetic.of_one_handshake()?))?;
    }
    println!(
        "{}",
        json!({
            "handshakes_per_second": shaken.per_second(),
            "limit_per_second": reckoned.per_second(),
        })
    );
    Ok(())
}

#[derive(Default)]
struct Rate {
    times: u32,
    took: Duration,
}

impl Rate {
    fn count(&mut self, turn: Duration, mut work: impl FnMut() -> Outcome<()>) -> Outcome<()> {
        let began = Instant::now();
        while began.elapsed() < turn {
            work()?;
            self.times += 1;
        }
        self.took += began.elapsed();
        Ok(())
    }

    fn per_second(&self) -> f64 {
        f64::from(self.times) / self.took.as_secs_f64()
    }
}

/// Two machines on this one.
struct Pair {
    one: Tls,
    other: Tls,
    listener: TcpListener,
}

impl Pair {
    async fn new() -> Outcome<Self> {
        let tls = || -> Outcome<Tls> {
            let folder = tempfile::tempdir()?;
            let identity = Identity::open(folder.path(), KeyringChoice::FileOnly)?;
            Ok(Tls::new(&identity)?)
        };
        Ok(Self {
            one: tls()?,
            other: tls()?,
            listener: TcpListener::bind("127.0.0.1:0").await?,
        })
    }

    /// As between real machines: a connection, TLS, and both know the other.
    async fn shake_hands(&self) -> Outcome<()> {
        let place = self.listener.local_addr()?;
        let dial = async {
            let stream = TcpStream::connect(place).await?;
            stream.set_nodelay(true)?;
            Outcome::Ok(self.one.connect(stream).await?)
        };
        let answer = async {
            let (stream, _) = self.listener.accept().await?;
            stream.set_nodelay(true)?;
            Outcome::Ok(self.other.accept(stream).await?)
        };
        let (dialled, answered) = tokio::try_join!(dial, answer)?;
        black_box((dialled.device, answered.device));
        Ok(())
    }
}

/// What both ends of one handshake cannot do without.
struct Arithmetic {
    random: SystemRandom,
    key: Ed25519KeyPair,
}

impl Arithmetic {
    const ENDS: usize = 2;
    /// As long as what a handshake signs.
    const SIGNED: [u8; 130] = [7; 130];

    fn new() -> Result<Self, Unspecified> {
        let random = SystemRandom::new();
        let key = Ed25519KeyPair::generate_pkcs8(&random)?;
        let key = Ed25519KeyPair::from_pkcs8(key.as_ref()).map_err(|_| Unspecified)?;
        Ok(Self { random, key })
    }

    fn of_one_handshake(&self) -> Result<(), Unspecified> {
        for _ in 0..Self::ENDS {
            let signature = self.key.sign(&Self::SIGNED);
            VerifyingKey::new(&ED25519, self.key.public_key())
                .verify(&Self::SIGNED, signature.as_ref())?;
            let secret = EphemeralPrivateKey::generate(&X25519, &self.random)?;
            let public = UnparsedPublicKey::new(&X25519, secret.compute_public_key()?);
            agree_ephemeral(secret, &public, |shared| {
                black_box(shared);
            })?;
        }
        Ok(())
    }
}
