//! `framework_customtype`: texts that mean something.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::Optional;

use crate::{
    echo::Echo,
    text::{ExactJson, Ipv4, Ipv4Cidr, Ipv6, Ipv6Cidr, Moment, NormalJson, Text},
};

/// One text of each format.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    json_normalized_attribute: Optional<Text<NormalJson>>,
    json_exact_attribute: Optional<Text<ExactJson>>,
    ip_v4_attribute: Optional<Text<Ipv4>>,
    ip_v6_attribute: Optional<Text<Ipv6>>,
    ip_v4_cidr_attribute: Optional<Text<Ipv4Cidr>>,
    ip_v6_cidr_attribute: Optional<Text<Ipv6Cidr>>,
    time_rfc3339_attribute: Optional<Text<Moment>>,
}

/// What is returned is in the one form of each format, as a server's answer would be: the form that
/// the user wrote stays.
pub(crate) struct CustomTypes;

impl Echo for CustomTypes {
    type Model = Model;
    const NAME: &'static str = "framework_customtype";
}
