//! Search.

use super::*;

fn found(nsx: &Nsx, query: &str) -> Vec<String> {
    let response = nsx.get_with("/search/query", &[("query", query)]);
    assert_eq!(response.status, 200, "{}", response.value());
    let results = response.value()["results"].as_array().unwrap().clone();
    results.iter().map(|object| object["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn terms_narrow_by_type_tag_and_path() {
    let nsx = Nsx::new();
    let tagged = |scope: &str, tag: &str| json!({ "tags": [{ "scope": scope, "tag": tag }] });
    nsx.make("/infra/segments/a", tagged("ncp/cluster", "domain-c8:dd58"));
    nsx.make("/infra/segments/b", tagged("ncp/cluster", "other"));
    nsx.make("/infra/tier-1s/c", tagged("ncp/cluster", "domain-c8:dd58"));
    nsx.pass(1);

    let by_tag = r"tags.scope:ncp\/cluster AND tags.tag:domain\-c8\:dd58";
    assert_eq!(found(&nsx, by_tag), ["/infra/segments/a", "/infra/tier-1s/c"]);
    let query = format!("resource_type:Segment AND {by_tag} AND marked_for_delete:false");
    assert_eq!(found(&nsx, &query), ["/infra/segments/a"]);
    let below = r"resource_type:Segment AND path:\/infra*";
    assert_eq!(found(&nsx, below), ["/infra/segments/a", "/infra/segments/b"]);
    assert_eq!(found(&nsx, "resource_type:(Segment OR Tier1) AND id:c"), ["/infra/tier-1s/c"]);
    assert_eq!(found(&nsx, "display_name:a AND resource_type:Segment"), ["/infra/segments/a"]);
}

#[test]
fn search_learns_of_objects_late_and_forgets_them_with_the_purge() {
    let nsx = Nsx::new();
    nsx.pass(1);
    nsx.make("/infra/segments/a", json!({}));
    let segments = "resource_type:Segment";
    assert_eq!(found(&nsx, segments), Vec::<String>::new());
    nsx.pass(1);
    assert_eq!(found(&nsx, segments), ["/infra/segments/a"]);

    nsx.delete("/infra/segments/a");
    assert_eq!(found(&nsx, segments), ["/infra/segments/a"]);
    assert_eq!(found(&nsx, "resource_type:Segment AND marked_for_delete:false").len(), 0);
    nsx.pass(300);
    assert_eq!(found(&nsx, segments).len(), 0);
}

#[test]
fn a_query_that_is_not_understood_is_refused() {
    let nsx = Nsx::new();
    for query in ["web", "a:b OR c:d", "path:/infra"] {
        let response = nsx.get_with("/search/query", &[("query", query)]);
        assert_eq!(refusal(&response), (400, 255), "{query}");
    }
    assert_eq!(refusal(&nsx.get("/search/query")), (400, 255));
}

#[test]
fn included_fields_narrow_the_results() {
    let nsx = Nsx::new();
    let query =
        [("query", "resource_type:Tier0"), ("included_fields", "id,path"), ("page_size", "1")];
    let page = nsx.get_with("/search/query", &query).value();
    assert_eq!(
        page["results"],
        json!([{ "resource_type": "Tier0", "id": "tier0-a", "path": "/infra/tier-0s/tier0-a" }])
    );
    assert!(page["cursor"].is_string());
}
