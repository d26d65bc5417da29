//! `framework_timeouts` and `framework_timetypes`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Optional, Timeouts};

use crate::{
    echo::Echo,
    text::{GoDuration, Moment, Text},
};

/// Nothing but how long it may take.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct TimedModel {
    timeouts: Optional<Timeouts>,
}

/// A length of time, and a point in time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct TimeTypesModel {
    go_duration: Optional<Text<GoDuration>>,
    rfc3339: Optional<Text<Moment>>,
}

/// Takes no time.
pub(crate) struct Timed;

impl Echo for Timed {
    type Model = TimedModel;
    const NAME: &'static str = "framework_timeouts";
}

/// Is what is planned.
pub(crate) struct TimeTypes;

impl Echo for TimeTypes {
    type Model = TimeTypesModel;
    const NAME: &'static str = "framework_timetypes";
}
