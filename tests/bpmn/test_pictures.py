"""Both pictures can be read: nothing lies on anything else, and arrows go straight."""

from itertools import combinations, pairwise


def test_every_shape_and_every_arrow_is_drawn(folder):
    around = {"pool", *folder.lanes}
    assert set(folder.picture.shapes) == {node.id for node in folder.nodes} | around
    assert set(folder.picture.edges) == {flow.id for flow in folder.flows}


def test_lanes_fill_the_pool_from_top_to_bottom(folder):
    pool = folder.picture.shapes["pool"]
    lanes = [folder.picture.shapes[lane] for lane in folder.lanes]
    assert lanes[0].top == pool.top
    assert lanes[-1].bottom == pool.bottom
    assert all(upper.bottom == lower.top for upper, lower in pairwise(lanes))
    assert all(pool.holds(lane) for lane in lanes)


def test_every_node_lies_in_its_own_lane(folder):
    for lane, nodes in folder.lanes.items():
        for node in nodes:
            assert folder.picture.shapes[lane].holds(folder.picture.shapes[node]), node


def test_arrows_turn_at_right_angles_only(folder):
    for flow, points in folder.picture.edges.items():
        assert len(points) >= 2
        for (x1, y1), (x2, y2) in pairwise(points):
            assert (x1 == x2) != (y1 == y2), flow


def test_arrows_begin_and_end_on_the_border_of_their_shapes(folder):
    for flow in folder.flows:
        points = folder.picture.edges[flow.id]
        assert folder.picture.shapes[flow.from_].has_on_its_border(points[0]), flow.id
        assert folder.picture.shapes[flow.to_].has_on_its_border(points[-1]), flow.id


def test_the_path_goes_from_left_to_right_and_back_only_where_a_plan_is_returned(folder):
    middle = {node.id: _middle(folder.picture.shapes[node.id]) for node in folder.nodes}
    back = [flow.name for flow in folder.flows if middle[flow.to_] < middle[flow.from_]]
    assert back == ["Returned"]


def test_no_two_shapes_or_labels_overlap(folder):
    shapes = {f"shape {node.id}": folder.picture.shapes[node.id] for node in folder.nodes}
    labels = {f"label {element}": box for element, box in folder.picture.labels.items()}
    for (one, box), (other, box_2) in combinations({**shapes, **labels}.items(), 2):
        assert not box.overlaps(box_2), (one, other)


def test_arrows_keep_away_from_other_shapes_and_from_labels(folder):
    shapes = {node.id: folder.picture.shapes[node.id].grown_by(20) for node in folder.nodes}
    for flow in folder.flows:
        for line in folder.picture.lines(flow.id):
            through = [name for name, box in {**shapes, **_labels(folder)}.items()
                       if box.overlaps(line) and name not in (flow.from_, flow.to_)]
            assert through == [], flow.id


def test_no_label_lies_on_the_border_of_a_lane(folder):
    lanes = [folder.picture.shapes[lane] for lane in folder.lanes]
    for element, label in folder.picture.labels.items():
        assert any(lane.holds(label) for lane in lanes), element


def test_no_two_arrows_cross_or_run_along_each_other(folder):
    for one, other in combinations(folder.picture.edges, 2):
        for line in folder.picture.lines(one):
            crossing = [each for each in folder.picture.lines(other) if line.overlaps(each)]
            assert crossing == [], (one, other)


def test_everything_with_a_name_outside_its_shape_has_a_place_for_it(folder):
    outside = [node for node in folder.nodes if not node.kind.endswith("Task")]
    named = {node.get("id") for node in folder.root.iter("{*}process", "{*}sequenceFlow", *(
        f"{{*}}{node.kind}" for node in outside)) if node.get("name")} - {folder.name}
    assert set(folder.picture.labels) == named


def test_it_fits_a_wide_screen_without_becoming_small(folder):
    pool = folder.picture.shapes["pool"]
    assert pool.right - pool.left <= 2100
    assert pool.bottom - pool.top <= 900


def _labels(folder):
    return {f"label {element}": box for element, box in folder.picture.labels.items()}


def _middle(box):
    return (box.left + box.right) / 2
