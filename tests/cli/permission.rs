//! `sactl permission`: the catalogue of permissions.

use super::acting::World;

#[test]
fn permission_list_has_the_permissions_of_a_role() {
    let world = World::start();
    let admin = world.admin();
    let all = admin.sactl("permission list -o name").ok().stdout.clone();
    let role = admin.sactl("role show viewer -o json").ok().json();
    let held = role["permissions"].as_array().unwrap();
    assert!(held.len() > 2, "{role}");
    for permission in held {
        let name = permission.as_str().unwrap();
        assert!(all.lines().any(|line| line == name), "{name} is not in the catalogue:\n{all}");
    }
}
