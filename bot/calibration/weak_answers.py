"""Twenty weak answers of the form people really give, to questions of the kit `customer-support`. Ours, nobody else's.

Each has at least 25 words and shows next to nothing of what its question asks for.
"""

KIT = "customer-support"
WEAK: dict[str, tuple[str, ...]] = {
    "unclear_request": (
        "Yeah, that happens all the time to be honest. People write in and you never really know what they want. "
        "You kind of get a feeling for it after a while and then it mostly works out.",
        "Usually we have a list of replies for that. So I took the one that looked closest and sent it, and then it was "
        "quiet, so I guess that was fine for everyone involved.",
        "I think communication is very important here. You have to be friendly and patient with people, and you should "
        "always try your best. That is how I was brought up and that is how I work.",
        "It was a busy day and there were a lot of messages coming in. My colleague was sick. In the end somebody from "
        "the other team picked it up and we went home pretty late.",
        "No specific case comes to mind right now. There were so many over the years. But generally speaking it is never "
        "a big problem for me, because I am a quick learner and very flexible.",
    ),
    "upset_customer": (
        "Some people are just like that, there is nothing you can do about it. I stayed calm and waited until it was "
        "over. After that I took a short break and went on with the next one.",
        "There was this man who was shouting all the time. I told him how it works with our rules, and he hung up. My "
        "boss said that this can happen to anybody on the phone.",
        "I always keep smiling, also on the phone, because people can hear that. A positive attitude helps a lot in this "
        "job, and I have been told many times that mine is great.",
        "We get complaints every day, mostly in winter. It is not nice, but you get used to it. You just should not take "
        "these things home with you in the evening, otherwise it eats you up.",
        "That was at my old workplace, in a small shop. A lady was not happy about something she had bought. I do not "
        "remember the details any more, but it ended somehow and nobody was hurt.",
    ),
    "stuck_case": (
        "If it is too difficult it goes to second level, that is what they are there for. I put it in the queue and "
        "that was it from my side. We had a lot of these.",
        "Teamwork is everything for me. We are like a family and everybody helps everybody. So when there is something, "
        "we talk about it and then we find a way together, as always.",
        "There was one where nobody knew what was going on. It was going back and forth for weeks. At some point it was "
        "closed, I think, but honestly I had moved to a different shift by then.",
        "I would first look at it calmly. Then I would probably call somebody who knows more about it. It depends a lot "
        "on the situation, so it is hard to say in general.",
        "It was about some technical thing with the router, and I am not really a technical person. The engineers did "
        "their part and it took a while. These cases are always a bit annoying for everyone.",
    ),
    "repeated_problem": (
        "Yes, the same stuff kept coming in again and again. We all complained about it in the break room. But that was "
        "a matter for the managers, and they had other priorities at that time.",
        "It is normal that things repeat in this kind of job. You get faster with every time, that is the good side. "
        "After a month I could answer those without even looking at the screen.",
        "I am somebody who likes to improve things. I have a lot of ideas all the time and I am not afraid to speak my "
        "mind. Unfortunately they do not always want to hear it.",
        "There was a bug in the app or something like that. Lots of people wrote to us. Then there was an update and "
        "it was a bit better for some time, and later it came back again.",
        "We had a shared document with the common questions. I was using it nearly every day and it was quite useful. "
        "I do not know who made it, it was already there when I started.",
    ),
}
