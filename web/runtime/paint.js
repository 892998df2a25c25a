// Runs before the first paint, which is why it blocks: who is signed in sees the chat's empty shell, not the door.
// Whether that was right is for the chat to say, once it is there.

if (document.cookie.split("; ").includes("rebond_here=1")) document.documentElement.dataset.view = "chat";
