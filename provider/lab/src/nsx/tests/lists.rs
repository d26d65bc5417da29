//! Pages of lists.

use super::*;

fn with_segments(count: usize) -> Nsx {
    let nsx = Nsx::new();
    for number in 0..count {
        nsx.make(&format!("/infra/segments/s{number:03}"), json!({}));
    }
    nsx
}

fn names(page: &Value) -> Vec<String> {
    let results = page["results"].as_array().unwrap();
    results.iter().map(|object| object["display_name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn pages_follow_each_other_by_cursor_and_the_last_has_none() {
    let nsx = with_segments(5);
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let query = [("page_size", "2"), ("cursor", cursor.as_str())];
        let page = nsx.get_with("/infra/segments", &query).value();
        assert_eq!(page["result_count"], 5);
        assert_eq!(page["sort_by"], "display_name");
        seen.extend(names(&page));
        match page["cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, ["s000", "s001", "s002", "s003", "s004"]);
}

#[test]
fn what_goes_between_two_pages_hides_nothing() {
    let nsx = with_segments(4);
    let first = nsx.get_with("/infra/segments", &[("page_size", "2")]).value();
    nsx.delete("/infra/segments/s000");

    let cursor = first["cursor"].as_str().unwrap();
    let second = nsx.get_with("/infra/segments", &[("page_size", "2"), ("cursor", cursor)]).value();
    assert_eq!(names(&second), ["s002", "s003"]);
}

#[test]
fn lists_are_sorted_as_asked() {
    let nsx = with_segments(2);
    nsx.make("/infra/segments/s000", json!({ "display_name": "z" }));

    assert_eq!(names(&nsx.get("/infra/segments").value()), ["s001", "z"]);
    let by_id = nsx.get_with("/infra/segments", &[("sort_by", "id")]).value();
    assert_eq!(names(&by_id), ["z", "s001"]);
    let down = nsx.get_with("/infra/segments", &[("sort_ascending", "false")]).value();
    assert_eq!(names(&down), ["z", "s001"]);
}

#[test]
fn a_page_has_at_most_a_thousand() {
    let nsx = with_segments(0);
    for size in ["0", "1001", "x"] {
        let response = nsx.get_with("/infra/segments", &[("page_size", size)]);
        assert_eq!(refusal(&response), (400, 255), "{size}");
    }
    let response = nsx.get_with("/infra/segments", &[("cursor", "nonsense!")]);
    assert_eq!(refusal(&response), (400, 255));
}

#[test]
fn a_list_below_nothing_is_not_there() {
    let nsx = Nsx::new();
    assert_eq!(refusal(&nsx.get("/infra/domains/none/groups")), (404, 600));
}
