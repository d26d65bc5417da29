//! What can happen to a request.

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) name: &'static str,
    /// How often the server gets to see the request.
    pub(super) delivered: u8,
    pub(super) answer: Answer,
    pub(super) nature: Nature,
}

/// What comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// What the server said.
    Own,
    /// This status from something in between, with a wish of when to come back.
    Bare(u16, Option<Wish>),
    /// A success with a page in place of what was asked for.
    Page,
    /// A success with nothing in it.
    Empty,
    /// The first half of what the server said.
    Half,
    /// Somewhere else on the same server.
    Moved,
    /// The end of the connection.
    Reset,
    /// Nothing, until the client gives up.
    Silence,
    /// Nobody is there to hear it any more: the provider's process ends.
    Death,
    /// What the server said, a moment after the user interrupts.
    Interrupt,
    /// Nothing, while the user interrupts.
    InterruptInSilence,
    /// What the server said, and the user interrupts while it is thought over.
    InterruptAfter,
}

/// `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Seconds,
    Date,
}

/// Whether the same run has to get over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    /// It passes: no user is to notice.
    Passing,
    /// It looks final: an error is right, and the next run makes good.
    Final,
}

impl Trouble {
    /// Whether another trouble of the list is not the same for such a request: to a read it does
    /// not matter how often the server saw it.
    pub(super) fn differs(self, method: &str) -> bool {
        let is_answer_alone =
            |answer| FAULTS.iter().any(|it| it.answer == answer && it.delivered == 0);
        method != "GET"
            || self.delivered == 0
            || (self.delivered == 1 && !is_answer_alone(self.answer))
    }

    /// What the same run has to get over. Credentials that are refused are not tried again: that
    /// would lock the account.
    pub(super) fn passes(self, target: &str) -> bool {
        let locks = self.answer == Answer::Bare(401, None) && target.contains("/session");
        self.nature == Nature::Passing && !locks
    }
}

const fn trouble(name: &'static str, delivered: u8, answer: Answer, nature: Nature) -> Trouble {
    Trouble { name, delivered, answer, nature }
}

const fn passing(name: &'static str, delivered: u8, answer: Answer) -> Trouble {
    trouble(name, delivered, answer, Nature::Passing)
}

const fn last(name: &'static str, delivered: u8, answer: Answer) -> Trouble {
    trouble(name, delivered, answer, Nature::Final)
}

/// Every single fault.
pub(super) const FAULTS: [Trouble; 25] = [
    passing("503", 0, Answer::Bare(503, None)),
    passing("503 with seconds", 0, Answer::Bare(503, Some(Wish::Seconds))),
    passing("503 with a date", 0, Answer::Bare(503, Some(Wish::Date))),
    passing("503 afterwards", 1, Answer::Bare(503, None)),
    passing("500", 0, Answer::Bare(500, None)),
    passing("502", 0, Answer::Bare(502, None)),
    passing("502 afterwards", 1, Answer::Bare(502, None)),
    passing("504 afterwards", 1, Answer::Bare(504, None)),
    passing("408", 0, Answer::Bare(408, None)),
    passing("429", 0, Answer::Bare(429, Some(Wish::Seconds))),
    passing("401", 0, Answer::Bare(401, None)),
    passing("reset before", 0, Answer::Reset),
    passing("reset after", 1, Answer::Reset),
    passing("silence before", 0, Answer::Silence),
    passing("silence after", 1, Answer::Silence),
    passing("half an answer", 1, Answer::Half),
    passing("delivered twice", 2, Answer::Own),
    passing("moved", 0, Answer::Moved),
    last("403", 0, Answer::Bare(403, None)),
    last("404", 0, Answer::Bare(404, None)),
    last("409", 0, Answer::Bare(409, None)),
    last("412", 0, Answer::Bare(412, None)),
    last("a page", 0, Answer::Page),
    last("a page afterwards", 1, Answer::Page),
    last("nothing in it", 1, Answer::Empty),
];

/// The process of the provider dies before a request is sent, or when the server has done it.
pub(super) const DEATHS: [Trouble; 2] =
    [last("death before", 0, Answer::Death), last("death after", 1, Answer::Death)];

/// The user interrupts.
pub(super) const INTERRUPTS: [Trouble; 4] = [
    last("interrupt", 1, Answer::Interrupt),
    last("interrupt in silence before", 0, Answer::InterruptInSilence),
    last("interrupt in silence after", 1, Answer::InterruptInSilence),
    last("interrupt afterwards", 1, Answer::InterruptAfter),
];
