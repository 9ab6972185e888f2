"""Both pictures can be read: nothing lies on anything else, and arrows go straight."""

from itertools import combinations, pairwise


def test_every_shape_and_every_arrow_is_drawn(chart):
    around = {"pool", *chart.lanes, *chart.notes}
    assert set(chart.picture.shapes) == {node.id for node in chart.nodes} | around
    assert set(chart.picture.edges) == {flow.id for flow in chart.flows}


def test_lanes_fill_the_pool_from_top_to_bottom(chart):
    pool = chart.picture.shapes["pool"]
    lanes = [chart.picture.shapes[lane] for lane in chart.lanes]
    assert lanes[0].top == pool.top
    assert lanes[-1].bottom == pool.bottom
    assert all(upper.bottom == lower.top for upper, lower in pairwise(lanes))
    assert all(pool.holds(lane) for lane in lanes)


def test_every_node_lies_in_its_own_lane(chart):
    for lane, nodes in chart.lanes.items():
        for node in nodes:
            assert chart.picture.shapes[lane].holds(chart.picture.shapes[node]), node


def test_arrows_turn_at_right_angles_only(chart):
    for flow, points in chart.picture.edges.items():
        assert len(points) >= 2
        for (x1, y1), (x2, y2) in pairwise(points):
            assert (x1 == x2) != (y1 == y2), flow


def test_arrows_begin_and_end_on_the_border_of_their_shapes(chart):
    for flow in chart.flows:
        points = chart.picture.edges[flow.id]
        assert chart.picture.shapes[flow.from_].has_on_its_border(points[0]), flow.id
        assert chart.picture.shapes[flow.to_].has_on_its_border(points[-1]), flow.id


def test_the_path_goes_from_left_to_right_and_back_only_for_another_round(chart):
    middle = {node.id: _middle(chart.picture.shapes[node.id]) for node in chart.nodes}
    back = {(flow.from_, flow.to_) for flow in chart.flows
            if middle[flow.to_] < middle[flow.from_]}
    assert back <= {("quality_decided", "correct_plan"), ("meet_again", "meeting_begins")}


def test_no_two_shapes_or_labels_overlap(chart):
    shapes = {f"shape {node.id}": chart.picture.shapes[node.id] for node in chart.nodes}
    labels = {f"label {element}": box for element, box in chart.picture.labels.items()}
    on_border = {(f"shape {node.attached_to}", f"shape {node.id}") for node in chart.nodes}
    for (one, box), (other, box_2) in combinations({**shapes, **labels}.items(), 2):
        assert (one, other) in on_border or not box.overlaps(box_2), (one, other)


def test_arrows_keep_away_from_other_shapes_and_from_labels(chart):
    shapes = {node.id: chart.picture.shapes[node.id].grown_by(18) for node in chart.nodes}

    def host(flow):
        return chart.elements[flow.from_].attached_to

    for flow in chart.flows:
        for line in chart.picture.lines(flow.id):
            through = [name for name, box in {**shapes, **_labels(chart)}.items()
                       if box.overlaps(line) and name not in (flow.from_, flow.to_, host(flow))]
            assert through == [], flow.id


def test_no_label_lies_on_the_border_of_a_lane(chart):
    lanes = [chart.picture.shapes[lane] for lane in chart.lanes]
    for element, label in chart.picture.labels.items():
        assert any(lane.holds(label) for lane in lanes), element


UNDER_THE_BRIDGE = {"statutory_review", "first_statutory_review"}
"""The review comes up from its lane, across the one line of what must be done before the end."""


def test_arrows_meet_only_where_they_begin_or_end_together(chart):
    for one, other in combinations(chart.flows, 2):
        if one.from_ == other.from_ or one.to_ == other.to_:
            continue
        reviews = {one.from_, other.from_} & UNDER_THE_BRIDGE
        if reviews and "everything_done" in (one.to_, other.to_):
            continue
        for line in chart.picture.lines(one.id):
            crossing = [each for each in chart.picture.lines(other.id) if line.overlaps(each)]
            assert crossing == [], (one.id, other.id)


def test_everything_with_a_name_outside_its_shape_has_a_place_for_it(chart):
    inside = ("userTask", "sendTask", "serviceTask", "callActivity")
    outside = [node for node in chart.nodes if node.kind not in inside]
    named = {node.get("id") for node in chart.root.iter("{*}process", "{*}sequenceFlow", *(
        f"{{*}}{node.kind}" for node in outside)) if node.get("name")} - {chart.process}
    assert set(chart.picture.labels) == named


def test_it_fits_a_wide_screen_without_becoming_small(chart):
    pool = chart.picture.shapes["pool"]
    assert pool.right - pool.left <= 2650
    assert pool.bottom - pool.top <= 1400


def _labels(chart):
    return {f"label {element}": box for element, box in chart.picture.labels.items()}


def _middle(box):
    return (box.left + box.right) / 2
