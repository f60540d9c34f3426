//! The simulation: machines, the network between them, and a clock that jumps to
//! what happens next.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    time::{Duration, Instant},
};

use fastrand::Rng;
use infer::queue::{Answer, Asker, Event as Called, GrantId, Limits, Request, Ticket};
use node::router::{
    Admission, Capability, Effect, RequestId, Router, Settings, Where, Wish, why::Refused,
};
use wire::{DeviceId, DeviceKey};

use crate::{
    measure::{Outcome, Outcomes},
    policy::{Policy, Rule},
    server::{Course, Server},
    town::{self, Plan, Question, Town},
};

/// A packet from machine to machine.
const FASTEST: f64 = 0.000_3;
const SLOWEST: f64 = 0.002;

/// News of a machine are gathered for so long.
const COALESCED: Duration = Duration::from_millis(200);

/// A stream says at least so often that it lives.
const FRAMES: Duration = Duration::from_secs(1);

pub(crate) fn run(plan: Plan, policy: Policy) -> Outcomes {
    let mut world = World::new(plan, policy);
    world.play();
    world.outcomes
}

struct World {
    policy: Policy,
    start: Instant,
    now: Instant,
    rng: Rng,
    servers: Vec<Server>,
    routers: Vec<Router>,
    devices: Vec<DeviceId>,
    questions: Vec<Question>,
    /// Which question it is, by who asks and under which number.
    asked: BTreeMap<(usize, RequestId), usize>,
    numbered: BTreeMap<Ticket<DeviceId>, usize>,
    /// Where nobody stands in line: who was sent away, by machine.
    sent_away: Vec<Vec<(Request<usize, DeviceId>, usize)>>,
    /// By machine: news that wait to be told, and when some were told last.
    news: BTreeSet<usize>,
    told: Vec<Option<Instant>>,
    timers: Vec<Option<Instant>>,
    happenings: BinaryHeap<Reverse<(Instant, u64)>>,
    coming: BTreeMap<u64, Happening>,
    count: u64,
    turn: usize,
    in_flight: Vec<usize>,
    outcomes: Outcomes,
}

enum Happening {
    Arrives(usize),
    /// At the machine that is asked.
    Asks {
        server: usize,
        request: Request<usize, DeviceId>,
        question: usize,
        known: bool,
    },
    Withdraws {
        server: usize,
        ticket: Ticket<DeviceId>,
    },
    Opens {
        server: usize,
        grant: GrantId,
        router: usize,
        request: Option<RequestId>,
        question: usize,
    },
    /// At the machine that asks.
    Hears {
        router: usize,
        server: usize,
        number: u64,
        admission: Admission,
    },
    Frame {
        router: usize,
        request: RequestId,
        server: usize,
        first: bool,
        until: Instant,
    },
    Ends {
        server: usize,
        ticket: Ticket<DeviceId>,
        course: Box<Course>,
        router: usize,
        request: Option<RequestId>,
    },
    Tells(usize),
    Learns {
        router: usize,
        server: usize,
        capability: Box<Capability>,
    },
    Wakes(usize),
}

impl World {
    fn new(plan: Plan, policy: Policy) -> Self {
        let now = Instant::now();
        let town = Town::new(plan);
        let devices: Vec<DeviceId> = (0..town.machines.len())
            .map(|number| {
                let mut seed = [0; 32];
                seed[..8].copy_from_slice(&(number as u64).to_le_bytes());
                DeviceKey::from_seed(&seed).id()
            })
            .collect();
        let persons = town.persons;
        let owners = town.machines.iter().map(|machine| machine.person);
        let owners: Vec<usize> = owners.collect();
        let best = town.questions.iter().map(|question| {
            let able = town
                .machines
                .iter()
                .filter(|truth| truth.has(question.kind));
            let seconds =
                able.map(|truth| truth.seconds(question.kind, question.prompt, question.tokens, 1));
            seconds.fold(f64::MAX, f64::min)
        });
        let outcomes = town
            .questions
            .iter()
            .zip(best)
            .map(|(question, best)| Outcome {
                person: owners.get(question.machine).copied().unwrap_or_default(),
                arrived: question.at,
                best,
                tokens: question.tokens,
                ..Outcome::default()
            });
        let outcomes = Outcomes::new(outcomes.collect(), persons, plan);
        let servers: Vec<Server> = town
            .machines
            .into_iter()
            .zip(&devices)
            .map(|(truth, device)| {
                let limits = Limits {
                    slots: truth.slots,
                    remote_slots: truth.slots,
                    most_waiting: policy.longest_line(),
                    requests_per_minute: 10_000,
                    ..Limits::default()
                };
                Server::new(truth, *device, limits, now)
            })
            .collect();
        let routers = devices.iter().zip(0..);
        let routers = routers.map(|(here, seed)| Router::new(*here, Settings::default(), seed));
        let count = servers.len();
        Self {
            policy,
            start: now,
            now,
            rng: Rng::with_seed(plan.seed ^ 0x5eed),
            routers: routers.collect(),
            servers,
            devices,
            questions: town.questions,
            asked: BTreeMap::new(),
            numbered: BTreeMap::new(),
            sent_away: vec![Vec::new(); count],
            news: (0..count).collect(),
            told: vec![None; count],
            timers: vec![None; count],
            happenings: BinaryHeap::new(),
            coming: BTreeMap::new(),
            count: 0,
            turn: 0,
            in_flight: vec![0; count],
            outcomes,
        }
    }

    fn play(&mut self) {
        // Everybody has met before the first question.
        for server in 0..self.servers.len() {
            self.tell(server);
        }
        let arrivals: Vec<Duration> = self.questions.iter().map(|question| question.at).collect();
        for (question, at) in arrivals.into_iter().enumerate() {
            let at = self.start + Duration::from_secs(1) + at;
            self.at(at, Happening::Arrives(question));
        }
        while let Some(Reverse((at, number))) = self.happenings.pop() {
            self.now = at;
            if let Some(happening) = self.coming.remove(&number) {
                self.happens(happening);
            }
        }
    }

    fn happens(&mut self, happening: Happening) {
        match happening {
            Happening::Arrives(question) => self.arrives(question),
            Happening::Asks {
                server,
                request,
                question,
                known,
            } => self.asks(server, request, question, known),
            Happening::Withdraws { server, ticket } => {
                self.sent_away[server].retain(|(away, _)| {
                    away.from.device != ticket.device || away.number != ticket.number
                });
                self.servers[server].queue.finish(ticket, self.now);
                self.changed(server);
            }
            Happening::Opens {
                server,
                grant,
                router,
                request,
                question,
            } => self.opens(server, grant, router, request, question),
            Happening::Hears {
                router,
                server,
                number,
                admission,
            } => {
                let device = self.devices[server];
                match self.policy {
                    Policy::Router { .. } => {
                        self.routers[router].answered(device, number, admission, self.now);
                        self.carry_out(router);
                    }
                    Policy::Direct(_) => {
                        if let Admission::Granted(grant) = admission {
                            let ticket = Ticket {
                                device: self.devices[router],
                                number,
                            };
                            let question = self.numbered[&ticket];
                            self.send(Happening::Opens {
                                server,
                                grant,
                                router,
                                request: None,
                                question,
                            });
                        }
                    }
                }
            }
            Happening::Frame {
                router,
                request,
                server,
                first,
                until,
            } => {
                let device = self.devices[server];
                self.routers[router].frame(request, device, first, self.now);
                self.carry_out(router);
                if self.now + FRAMES < until {
                    let next = Happening::Frame {
                        router,
                        request,
                        server,
                        first: false,
                        until,
                    };
                    self.at(self.now + FRAMES, next);
                }
            }
            Happening::Ends {
                server,
                ticket,
                course,
                router,
                request,
            } => self.ends(server, ticket, &course, router, request),
            Happening::Tells(server) => self.tell(server),
            Happening::Learns {
                router,
                server,
                capability,
            } => {
                if capability.load.free > 0 {
                    self.asks_again(router, server);
                }
                let device = self.devices[server];
                self.routers[router].offers(device, *capability, self.now);
                self.carry_out(router);
            }
            // Another one was set since, and this one is forgotten.
            Happening::Wakes(router) if self.timers[router] != Some(self.now) => {}
            Happening::Wakes(router) => {
                self.timers[router] = None;
                self.routers[router].handle_timeout(self.now);
                self.carry_out(router);
            }
        }
    }

    fn arrives(&mut self, number: usize) {
        let question = self.questions[number];
        let router = question.machine;
        match self.policy {
            Policy::Router { truth, .. } => {
                let wish = Wish {
                    model: town::name(question.kind).parse().ok(),
                    place: Where::Auto,
                    conversation: Some(town::conversation(question.conversation)),
                    prompt_tokens: question.prompt,
                    expected_tokens: truth.then_some(question.tokens),
                    most_tokens: None,
                    shows: false,
                    may_leave_lan: false,
                };
                let request = self.routers[router].submit(wish, self.now);
                self.asked.insert((router, request), number);
                self.carry_out(router);
            }
            Policy::Direct(rule) => {
                let server = self.direct(rule, &question);
                self.in_flight[server] += 1;
                self.count += 1;
                let request = self.request(router, self.count, question.tokens, server, &question);
                self.send(Happening::Asks {
                    server,
                    request,
                    question: number,
                    known: false,
                });
            }
        }
    }

    /// The rivals know at once how much lies where.
    fn direct(&mut self, rule: Rule, question: &Question) -> usize {
        let able: Vec<usize> = (0..self.servers.len())
            .filter(|server| self.servers[*server].truth.has(question.kind))
            .collect();
        self.turn += 1;
        let busy = |server: &usize| self.in_flight[*server];
        match rule {
            Rule::Random => able[self.rng.usize(..able.len())],
            Rule::RoundRobin => able[self.turn % able.len()],
            Rule::LeastConnections => {
                let least = able.iter().map(busy).min().unwrap_or_default();
                let all = able.iter().filter(|server| busy(server) == least);
                let all: Vec<usize> = all.copied().collect();
                all[self.rng.usize(..all.len())]
            }
            Rule::PowerOfTwo => {
                let one = able[self.rng.usize(..able.len())];
                let other = able[self.rng.usize(..able.len())];
                if busy(&other) < busy(&one) {
                    other
                } else {
                    one
                }
            }
        }
    }

    fn request(
        &self,
        router: usize,
        number: u64,
        tokens: u64,
        server: usize,
        question: &Question,
    ) -> Request<usize, DeviceId> {
        let mut grant = [0; 16];
        grant[..8].copy_from_slice(&number.to_le_bytes());
        grant[8..].copy_from_slice(&(router as u64).to_le_bytes());
        let machine = &self.servers[server];
        let takes = match self.policy {
            Policy::Router { truth: true, .. } => {
                machine.knows(question.kind, question.prompt, question.tokens)
            }
            Policy::Router { .. } | Policy::Direct(_) => {
                machine.thinks(question.kind, question.prompt, tokens)
            }
        };
        Request {
            from: Asker {
                person: self.servers[router].truth.person,
                device: self.devices[router],
            },
            number,
            grant: GrantId(grant),
            takes,
            tokens,
        }
    }

    fn asks(
        &mut self,
        server: usize,
        request: Request<usize, DeviceId>,
        question: usize,
        known: bool,
    ) {
        let ticket = Ticket {
            device: request.from.device,
            number: request.number,
        };
        self.numbered.insert(ticket, question);
        let admission = match self.servers[server].queue.ask(request, self.now) {
            Answer::Granted { grant, .. } => Admission::Granted(grant),
            Answer::Waiting(place) => {
                if !self.policy.stays_in_line() {
                    self.servers[server].queue.finish(ticket, self.now);
                    self.sent_away[server].push((request, question));
                }
                Admission::Busy {
                    ahead: place.ahead,
                    eta: place.eta,
                }
            }
            Answer::Refused(_) => Admission::Refused(Refused::Full),
        };
        if !known && !matches!(admission, Admission::Refused(_)) {
            self.changed(server);
        }
        self.answers(server, ticket, admission);
    }

    /// Whoever was sent away hears that there is a slot.
    fn asks_again(&mut self, router: usize, server: usize) {
        let device = self.devices[router];
        let away = std::mem::take(&mut self.sent_away[server]);
        for (request, question) in away {
            if request.from.device == device {
                self.send(Happening::Asks {
                    server,
                    request,
                    question,
                    known: true,
                });
            } else {
                self.sent_away[server].push((request, question));
            }
        }
    }

    fn answers(&mut self, server: usize, ticket: Ticket<DeviceId>, admission: Admission) {
        let router = self
            .devices
            .iter()
            .position(|device| *device == ticket.device);
        let Some(router) = router else { return };
        self.send(Happening::Hears {
            router,
            server,
            number: ticket.number,
            admission,
        });
    }

    fn opens(
        &mut self,
        server: usize,
        grant: GrantId,
        router: usize,
        request: Option<RequestId>,
        number: usize,
    ) {
        let question = self.questions[number];
        let device = self.devices[router];
        let Ok(ticket) = self.servers[server].queue.redeem(grant, device, self.now) else {
            return;
        };
        let noise = 0.9 + 0.2 * self.rng.f64();
        let course = self.servers[server].begin(ticket, &question, noise);
        let (begins, ends) = (self.now + course.begins, self.now + course.ends);
        let since = |at: Instant| at.duration_since(self.start) - Duration::from_secs(1);
        let outcome = self.outcomes.of(number);
        outcome.served += 1;
        outcome.started = since(self.now);
        outcome.first_token = since(begins);
        outcome.ended = since(ends);
        outcome.cold = course.cold;
        if let Some(request) = request {
            for (at, first) in [(self.now, false), (begins, true)] {
                let frame = Happening::Frame {
                    router,
                    request,
                    server,
                    first,
                    until: if first { ends } else { begins },
                };
                self.at(at, frame);
            }
        }
        let ends_with = Happening::Ends {
            server,
            ticket,
            course: Box::new(course),
            router,
            request,
        };
        self.at(ends, ends_with);
        self.changed(server);
    }

    fn ends(
        &mut self,
        server: usize,
        ticket: Ticket<DeviceId>,
        course: &Course,
        router: usize,
        request: Option<RequestId>,
    ) {
        self.servers[server].end(ticket, &course.statistics, self.now);
        self.in_flight[server] = self.in_flight[server].saturating_sub(1);
        self.changed(server);
        if let Some(request) = request {
            let device = self.devices[server];
            let tokens = course.statistics.tokens;
            self.routers[router].finished(request, device, tokens, self.now);
            self.carry_out(router);
        }
    }

    /// Carries what a router decided.
    fn carry_out(&mut self, router: usize) {
        while let Some(effect) = self.routers[router].poll_effect() {
            let number = |device: DeviceId| {
                let number = self.devices.iter().position(|other| *other == device);
                number.unwrap_or_default()
            };
            match effect {
                Effect::Ask {
                    request,
                    device,
                    number: asked,
                    tokens,
                    ..
                } => {
                    let server = number(device);
                    let question = self.asked[&(router, request)];
                    let ticket = Ticket {
                        device: self.devices[router],
                        number: asked,
                    };
                    let known = self.numbered.contains_key(&ticket);
                    let what = self.questions[question];
                    let request = self.request(router, asked, tokens, server, &what);
                    self.outcomes.of(question).asked += 1;
                    self.send(Happening::Asks {
                        server,
                        request,
                        question,
                        known,
                    });
                }
                Effect::Withdraw {
                    device,
                    number: asked,
                } => {
                    let server = number(device);
                    let ticket = Ticket {
                        device: self.devices[router],
                        number: asked,
                    };
                    self.send(Happening::Withdraws { server, ticket });
                }
                Effect::Open {
                    request,
                    device,
                    grant,
                    ..
                } => {
                    let server = number(device);
                    let question = self.asked[&(router, request)];
                    self.send(Happening::Opens {
                        server,
                        grant,
                        router,
                        request: Some(request),
                        question,
                    });
                }
                Effect::Failed { request, .. } => {
                    let question = self.asked[&(router, request)];
                    self.outcomes.of(question).failed = true;
                }
                Effect::Close { .. } | Effect::Waits { .. } => {}
            }
        }
        if let Some(at) = self.routers[router].poll_timeout() {
            let at = at.max(self.now);
            if self.timers[router].is_none_or(|set| at < set) {
                self.timers[router] = Some(at);
                self.at(at, Happening::Wakes(router));
            }
        }
    }

    /// Something about a machine is different: those who wait for it hear at
    /// once, everybody else a little later.
    fn changed(&mut self, server: usize) {
        while let Some(event) = self.servers[server].queue.poll_event() {
            if let Called::Granted { ticket, grant, .. } = event {
                self.answers(server, ticket, Admission::Granted(grant));
            }
        }
        let Policy::Router { truth, .. } = self.policy else {
            return;
        };
        if truth {
            self.tell(server);
        } else if self.news.insert(server) {
            let last = self.told[server].map(|told| told + COALESCED);
            let at = last.map_or(self.now, |last| last.max(self.now));
            self.at(at, Happening::Tells(server));
        }
    }

    fn tell(&mut self, server: usize) {
        self.news.remove(&server);
        self.told[server] = Some(self.now);
        let Policy::Router { truth, .. } = self.policy else {
            return;
        };
        let capability = Box::new(self.servers[server].capability(truth, self.now));
        for router in 0..self.routers.len() {
            let learns = Happening::Learns {
                router,
                server,
                capability: capability.clone(),
            };
            if truth {
                self.at(self.now, learns);
            } else {
                self.send(learns);
            }
        }
    }

    fn send(&mut self, happening: Happening) {
        let takes = FASTEST + (SLOWEST - FASTEST) * self.rng.f64();
        self.at(self.now + Duration::from_secs_f64(takes), happening);
    }

    fn at(&mut self, at: Instant, happening: Happening) {
        self.count += 1;
        self.happenings.push(Reverse((at, self.count)));
        self.coming.insert(self.count, happening);
    }
}
