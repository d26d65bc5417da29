//! Every wire structure beside the vendor's.

use api_contract::{Side, nsx};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use crate::objects::*;
use crate::{Node, Tag};

fn mismatches<T: JsonSchema>(structure: &str) -> Vec<String> {
    let settings = SchemaSettings::draft2020_12();
    let written = settings.clone().for_serialize().into_generator().into_root_schema_for::<T>();
    let read = settings.for_deserialize().into_generator().into_root_schema_for::<T>();
    let mut found = nsx().mismatches(structure, written.as_value(), Side::Request);
    found.extend(nsx().mismatches(structure, read.as_value(), Side::Answer));
    found
}

#[track_caller]
fn check<T: JsonSchema>(structure: &str) {
    assert_eq!(mismatches::<T>(structure), Vec::<String>::new());
}

/// An object's structure is its type, and its collection is one of the API's.
#[track_caller]
fn check_object<T: JsonSchema + Node>() {
    check::<T>(T::TYPE);
    let path = format!("/{}/", T::COLLECTION);
    let known = nsx().operations().any(|operation| {
        operation.method == "GET"
            && operation.path.contains(&path)
            && operation.path.ends_with('}')
            && [T::TYPE, T::FAMILY].contains(&operation.answer_type().unwrap_or_default())
    });
    assert!(known, "no GET of a {} in `{}`", T::TYPE, T::COLLECTION);
}

#[test]
fn objects_are_the_vendors() {
    check_object::<Segment>();
    check_object::<SegmentPort>();
    check_object::<Tier1>();
    check_object::<Tier0>();
    check_object::<LocaleServices>();
    check_object::<NatRule>();
    check_object::<Domain>();
    check_object::<Group>();
    check_object::<SecurityPolicy>();
    check_object::<Rule>();
    check_object::<Service>();
    check_object::<LbService>();
    check_object::<LbPool>();
    check_object::<VirtualServer>();
    check_object::<TcpMonitor>();
    check_object::<HttpMonitor>();
    check_object::<IpBlock>();
    check_object::<IpPool>();
    check_object::<TransportZone>();
    check_object::<EdgeCluster>();
}

#[test]
fn what_is_only_read_is_the_vendors() {
    check::<Tag>("Tag");
    check::<RealizationStatus>("ConsolidatedRealizedStatus");
    check::<RealizedEntity>("GenericPolicyRealizedResource");
    check::<Alarm>("PolicyAlarmResource");
    check::<SegmentState>("SegmentConfigurationState");
    check::<FirewallSettings>("DfwFirewallConfiguration");
    check::<ExcludeList>("PolicyExcludeList");
    check::<GroupMember>("PolicyGroupMemberDetails");
    check::<BlockSubnet>("IpAddressPoolBlockSubnet");
    check::<StaticSubnet>("IpAddressPoolStaticSubnet");
    check::<IpPoolSubnet>("poly<IpAddressPoolSubnet>");
}

#[test]
fn wrappers_of_a_hierarchy_are_the_vendors() {
    fn check<T: Node>() {
        let wrapper = nsx().structure(&format!("Child{}", T::FAMILY));
        let wrapper = wrapper.unwrap_or_else(|| panic!("no wrapper of a {}", T::FAMILY));
        assert!(wrapper.fields.contains_key(T::FAMILY), "{:?}", wrapper.fields.keys());
    }
    check::<Segment>();
    check::<Tier1>();
    check::<LocaleServices>();
    check::<Group>();
    check::<SecurityPolicy>();
    check::<Rule>();
    check::<Service>();
    check::<LbService>();
    check::<LbPool>();
    check::<VirtualServer>();
    check::<TcpMonitor>();
}

#[test]
fn a_comparison_with_another_structure_fails() {
    assert!(!mismatches::<Segment>("Tier1").is_empty());
    assert!(!mismatches::<Group>("SecurityPolicy").is_empty());
}
