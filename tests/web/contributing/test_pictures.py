"""A drawing comes by the link, or is added by the teacher; nobody else sees it too early."""

import io

import pytest
from PIL import Image
from sample_files import HEIC

TOO_LARGE = "The picture is larger than 10 MB"


def drawing(size=(80, 60), kind="PNG"):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Robin"
    Image.new("RGB", size, "green").save(out, kind, exif=exif)
    return out.getvalue()


def upload(page, content, name="../../Robin.png"):
    """In the browser of that page, through the form that is on it."""
    [form] = page.tree.xpath("//form[@enctype='multipart/form-data']")
    data = {"csrf_token": page.token, "picture": (io.BytesIO(content), name)}
    answer = page.visitor.client.post(form.get("action"), data=data, follow_redirects=True,
                                      content_type="multipart/form-data")
    return page.visitor._page(answer)


@pytest.fixture
def form(asking_child):
    path, code = asking_child.ask("Robin")
    return asking_child.enter(path, code)


def pictures_on(page):
    return page.tree.xpath("//img[contains(@class, 'pepway-drawing')]/@src")


def test_a_child_sends_words_and_a_drawing(asking_child, form):
    form.fill({"How do you think you are getting on?": "Good"})
    chooser = form.press("Add or remove a picture")
    added = upload(chooser, drawing())
    [own] = pictures_on(added)
    assert added.visitor.client.get(own).data.startswith(b"\xff\xd8\xff")
    task = f"/tasks/{asking_child.task}"
    assert not pictures_on(asking_child.visitor.open(task))

    back = added.follow("Go back to your words")
    assert back.value("How do you think you are getting on?") == "Good"
    assert "You have added 1" in back.text
    back.press("Send")

    assert added.visitor.client.get(own).status_code == 404
    [shown] = pictures_on(asking_child.visitor.open(task))
    seen = asking_child.visitor.client.get(shown)
    assert b"Robin" not in seen.data
    assert seen.headers["Content-Disposition"].startswith("attachment")
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    child = asking_child.visitor.open(task).links["Read the plan so far"]
    assert pictures_on(asking_child.visitor.open(child)) == [shown]


@pytest.mark.both_stores
def test_who_sees_a_picture(asking_child):
    council = asking_child.council
    page = asking_child.visitor.open(f"/tasks/{asking_child.task}/pictures")
    [shown] = pictures_on(upload(page, drawing()))
    for name in council.people:
        client = council.sign_in(name).visitor.client
        allowed = name in {"wilma", "tara", "rob", "mona", "vera", "viktor"}
        assert (client.get(shown).status_code == 200) == allowed, name
        task = f"/tasks/{asking_child.task}/pictures"
        assert (client.get(task).status_code == 200) == (name == "tara"), name
    assert council.app.test_client().get(shown).status_code == 302


def test_a_drawing_alone_is_something_to_say(asking_child, form):
    added = upload(form.press("Add or remove a picture"), drawing())
    sent = added.follow("Go back to your words").press("Send")
    assert sent.heading == "Thank you. It has been sent"


@pytest.mark.parametrize(("content", "said"), [
    (b"", "Choose a picture first"),
    (b"<svg/>", "This file cannot be read as a picture"),
    (HEIC, "This photo is saved as HEIC, as iPhones do, and cannot be read here. On the iPhone, "
           "choose it from Photos instead of Files"),
    (b"\xff\xd8" + b"a" * 10_050_000, TOO_LARGE),
    (b"\xff\xd8" + b"a" * 40_000_000, TOO_LARGE),
])
def test_what_is_not_taken_is_told_in_words_and_nothing_typed_is_lost(form, content, said):
    form.fill({"How do you think you are getting on?": "Good"})
    refused = upload(form.press("Add or remove a picture"), content)
    assert refused.status == 422
    assert refused.errors["picture"].startswith(said)
    back = refused.follow("Go back to your words")
    assert back.value("How do you think you are getting on?") == "Good"


def test_a_teacher_hears_the_same_of_forty_megabytes(asking_child):
    page = asking_child.visitor.open(f"/tasks/{asking_child.task}/pictures")
    refused = upload(page, b"a" * 40_000_000)
    assert refused.errors["picture"].startswith(TOO_LARGE)


@pytest.mark.both_stores
def test_ten_pictures_are_the_most_and_one_can_be_removed(form):
    page = form.press("Add or remove a picture")
    for _ in range(10):
        page = upload(page, drawing())
    page = upload(page, drawing())
    assert page.errors["picture"].startswith("There are ten pictures already")
    page = page.press("Remove picture 3")
    assert len(pictures_on(page)) == 9
    assert len(pictures_on(upload(page, drawing()))) == 10


@pytest.mark.both_stores
def test_the_pictures_of_another_link_are_not_there(asking_child, form):
    path, code = asking_child.ask("Robin again")
    other = asking_child.enter(path, code).press("Add or remove a picture")
    [own] = pictures_on(upload(form.press("Add or remove a picture"), drawing()))
    foreign = f"{path}/pictures/{own.rpartition('/')[2]}"
    assert other.visitor.client.get(foreign).status_code == 404
    other.visitor.send(f"{foreign}/remove", [("csrf_token", other.token)])
    assert form.visitor.client.get(own).status_code == 200


def test_an_iphone_is_asked_for_jpeg_so_that_it_converts_by_itself(asking_child, form):
    """It does so where a page takes JPEG and neither HEIC nor every picture there is."""
    for page in (form.press("Add or remove a picture"),
                 asking_child.visitor.open(f"/tasks/{asking_child.task}/pictures"),
                 asking_child.visitor.open(asking_child.visitor.open(
                     f"/tasks/{asking_child.task}").links["Read the plan so far"]).follow(
                         "Attach or remove a file")):
        [taken] = page.tree.xpath("//input[@type='file']/@accept")
        assert {"image/jpeg", "image/png"} <= set(taken.split(","))
        assert "hei" not in taken
        assert "*" not in taken


def test_without_the_code_no_picture_is_taken(asking_child, form):
    path, _ = asking_child.ask("Robin again")
    page = form.press("Add or remove a picture")
    data = {"csrf_token": page.token, "picture": (io.BytesIO(drawing()), "a.png")}
    answer = page.visitor.client.post(f"{path}/pictures", data=data, follow_redirects=True)
    assert "Enter your code" in answer.get_data(as_text=True)


def test_a_picture_can_be_removed_until_the_task_is_completed(asking_child):
    page = asking_child.visitor.open(f"/tasks/{asking_child.task}/pictures")
    page = upload(upload(page, drawing()), drawing())
    [first, second] = pictures_on(page)
    page.press("Remove picture 1")
    assert asking_child.visitor.client.get(first).status_code == 404
    asking_child.council.do("tara", "record_child_views")
    at = f"/tasks/{asking_child.task}/pictures/{second.rpartition('/')[2]}/remove"
    token = asking_child.visitor.open("/procedures").token
    assert asking_child.visitor.send(at, [("csrf_token", token)]).status == 404
    assert asking_child.visitor.client.get(second).status_code == 200
