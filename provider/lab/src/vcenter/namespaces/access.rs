//! `/instances/{namespace}/access/{domain}/{subject}?type=`.

use serde_json::{Value, json};

use super::{changeable, found, rules};
use crate::Tx;
use crate::vcenter::fault::{Fault, Kind};
use crate::vcenter::message::Localizable;
use crate::vcenter::namespace::{Access, Namespace};
use crate::vcenter::routes::Call;

/// Gives a subject a role; one that has a role keeps it.
pub(crate) fn create(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let mut namespace = changeable(tx, call.path("namespace"))?;
    let access = read(call)?;
    if place(&namespace, &access).is_some() {
        return Err(Fault::new(
            Kind::AlreadyExists,
            Localizable::with(
                "vcenter.wcp.lab.access.exists",
                "{0} {1} has access to namespace {2} already.",
                [access.subject_type.as_str(), &access.subject, &namespace.name],
            ),
        ));
    }
    rules::principal(tx, &access)?;
    namespace.access.push(access);
    namespace.save(tx);
    Ok(())
}

/// The role of a subject.
pub(crate) fn get(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let namespace = found(tx, call.path("namespace"))?;
    let access = &namespace.access[existing(&namespace, &read(call)?)?];
    Ok(json!({
        "role": access.role,
        "identity_provider": access.identity_provider,
        "inherited": false,
    }))
}

/// Changes the role of a subject that has one.
pub(crate) fn set(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let mut namespace = changeable(tx, call.path("namespace"))?;
    let access = read(call)?;
    let index = existing(&namespace, &access)?;
    namespace.access[index] = access;
    namespace.save(tx);
    Ok(())
}

/// Takes a subject's role away.
pub(crate) fn delete(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let mut namespace = changeable(tx, call.path("namespace"))?;
    let index = existing(&namespace, &read(call)?)?;
    namespace.access.remove(index);
    namespace.save(tx);
    Ok(())
}

fn read(call: &Call<'_>) -> Result<Access, Fault> {
    let text = |field: &str| call.body[field].as_str().map(str::to_owned);
    let subject_type = match call.query("type") {
        Some(kind @ ("USER" | "GROUP")) => kind.to_owned(),
        other => {
            return Err(Fault::invalid(Localizable::with(
                "vcenter.wcp.lab.access.type",
                "type must be USER or GROUP, not {0}.",
                [other.unwrap_or("absent")],
            )));
        }
    };
    Ok(Access {
        subject_type,
        subject: call.path("subject").to_owned(),
        domain: call.path("domain").to_owned(),
        role: text("role").unwrap_or_default(),
        identity_provider: text("identity_provider"),
    })
}

fn place(namespace: &Namespace, access: &Access) -> Option<usize> {
    namespace
        .access
        .iter()
        .position(|it| it.is_of(&access.subject_type, &access.domain, &access.subject))
}

fn existing(namespace: &Namespace, access: &Access) -> Result<usize, Fault> {
    place(namespace, access).ok_or_else(|| Fault::not_found("Access of", &access.subject))
}
